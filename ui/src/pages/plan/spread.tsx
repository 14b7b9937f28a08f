import { t } from "@/app/i18n"
import { count, decimal, money, percent } from "@/lib/format"
import type { Spread } from "./types"

export type Say = (value: number) => string

export const hours: Say = (value) => t("plan.h", { h: decimal(value, value < 10 ? 2 : 1) })
export const days: Say = (value) => t("plan.days_n", { count: Math.round(value) })
export const share: Say = (value) => percent(value)
export const points: Say = (value) =>
  t("plan.points", { points: `${value > 0 ? "+" : ""}${decimal(value * 100, 2)}` })
export const paid =
  (currency: string): Say =>
  (value) =>
    money(value, currency)

interface Shown {
  readonly one: Spread
  readonly say: Say
  readonly level: number
  /** What the two ends are: the middle of the runs, or the limits of a share of them. */
  readonly ends?: "plan.middle" | "evidence.interval"
}

/** A simulated number with its interval over the runs, or why there is none. */
export function SpreadCell({ one, say, level, ends = "plan.middle" }: Shown) {
  const { value, low, high, n, because } = one
  if (value === null) {
    return (
      <span className="evidence-cell">
        <span className="dim">{t("plan.unknown")}</span>
        <small>{because}</small>
      </span>
    )
  }
  return (
    <span className="evidence-cell">
      <b className="num">{say(value)}</b>
      {low !== null && high !== null && say(low) !== say(high) && (
        <small className="num">{t(ends, { level: percent(level, 0), low: say(low), high: say(high) })}</small>
      )}
      <small className="num">{t("plan.of_runs", { n: count(n) })}</small>
    </span>
  )
}
