import { t } from "@/app/i18n"
import { count, decimal, percent } from "@/lib/format"
import { Sentence } from "./sentence"

/** A number as it was measured: with its interval, its denominator and how, or why there is none. */
export interface Measured {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly level: number | null
  readonly n: number
  readonly eligible: number
  readonly method: string
  readonly because: string | null
}

/** One measured value: value, interval, denominator; never a number alone. */
export function MeasuredCell({ measured, share = false }: { measured: Measured; share?: boolean }) {
  const { value, low, high, level, n, eligible, method, because } = measured
  const unit = (number: number) => {
    if (share) return percent(number)
    return Number.isInteger(number) ? count(number) : decimal(number, Math.abs(number) < 10 ? 2 : 1)
  }
  const of =
    n === eligible
      ? t("evidence.n", { n: count(n) })
      : t("evidence.n_of", { n: count(n), eligible: count(eligible) })
  return (
    <span className="evidence-cell" title={method}>
      {value === null ? (
        <span className="dim">
          <Sentence text={because ?? t("evidence.no_value")} />
        </span>
      ) : (
        <b className="num">{unit(value)}</b>
      )}
      {value !== null && low !== null && high !== null && level !== null && (
        <small className="dim num">
          {t("evidence.interval", { level: percent(level, 0), low: unit(low), high: unit(high) })}
        </small>
      )}
      <small className="dim num">{of}</small>
    </span>
  )
}
