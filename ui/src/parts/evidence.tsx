import type { ReactNode } from "react"
import type { Evidence } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, decimal, percent } from "@/lib/format"

/** Measures whose value is a share of the counted; the others are coefficients or amounts. */
const SHARES = /accuracy|share|completeness|progress|precision|recall|f1|rate|yield|evaluation/
const COUNTS = /human_only/

export function inUnits(measure: string, value: number): string {
  if (COUNTS.test(measure)) return count(value)
  return SHARES.test(measure) ? percent(value) : decimal(value)
}

/** "accuracy.v1" -> "accuracy"; parameters in brackets. */
export function nameOf({ name, params }: Evidence["measure"]): string {
  const plain = name.replace(/\.v\d+$/, "").replaceAll("_", " ")
  const given = Object.entries(params ?? {}).map(([key, value]) => `${key} ${inWords(value)}`)
  return given.length ? `${plain} (${given.join(", ")})` : plain
}

/** A parameter; a measure in it by its name. */
function inWords(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value)
  return "name" in value ? nameOf(value as Evidence["measure"]) : JSON.stringify(value)
}

/** The denominator in words. A number without it is never shown. */
export const countedOf = ({ n, eligible }: Evidence): string =>
  n === eligible
    ? t("evidence.n", { n: count(n) })
    : t("evidence.n_of", { n: count(n), eligible: count(eligible) })

function intervalOf({ measure, interval }: Evidence): string | null {
  if (!interval) return null
  return t("evidence.interval", {
    level: percent(interval.level, 0),
    low: inUnits(measure.name, interval.low),
    high: inUnits(measure.name, interval.high),
  })
}

/** Its interval, or why it has none. */
function sureOf(evidence: Evidence): string | null {
  if (evidence.value === null) return null
  return (
    intervalOf(evidence) ??
    (evidence.because ? t("evidence.no_interval", { because: evidence.because }) : null)
  )
}

/** One measured value in a table cell: value, interval, denominator. */
export function EvidenceCell({ evidence }: { evidence: Evidence | null }) {
  if (!evidence) return <span className="dim">{t("evidence.none")}</span>
  return (
    <span className="evidence-cell" title={evidence.method}>
      {evidence.value === null ? (
        <span className="dim">{evidence.because ?? t("evidence.no_value")}</span>
      ) : (
        <b className="num">{inUnits(evidence.measure.name, evidence.value)}</b>
      )}
      <small>{[sureOf(evidence), countedOf(evidence)].filter(Boolean).join(" · ")}</small>
    </span>
  )
}

interface CardProps {
  readonly evidence: Evidence
  readonly floor?: number
  /** The way to what it was measured on. */
  readonly children?: ReactNode
}

/** One measured value in full: what, how much, how sure, of how many, how measured. */
export function EvidenceCard({ evidence, floor, children }: CardProps) {
  const { measure, value, because, method, interval } = evidence
  const slice = Object.entries(evidence.slice)
  return (
    <article className="evidence-card">
      <h3>
        {nameOf(measure)}
        {slice.length > 0 && (
          <span className="dim"> · {slice.map(([key, of]) => `${key} = ${of}`).join(", ")}</span>
        )}
      </h3>
      <p className="evidence-value num">{value === null ? "–" : inUnits(measure.name, value)}</p>
      {value === null && <p>{because ?? t("evidence.no_value")}</p>}
      {interval && value !== null && (
        <>
          <IntervalBar low={interval.low} high={interval.high} value={value} floor={floor} />
          <p className="num">{intervalOf(evidence)}</p>
        </>
      )}
      {!interval && <p className="num">{sureOf(evidence)}</p>}
      <p className="num">{countedOf(evidence)}</p>
      <p className="dim">{method}</p>
      {children}
    </article>
  )
}

interface BarProps {
  readonly low: number
  readonly high: number
  readonly value: number
  readonly floor: number | undefined
}

/** Where the value and its interval lie between 0 and 1; the words beside it say the same. */
function IntervalBar({ low, high, value, floor }: BarProps) {
  const x = (share: number) => 4 + 192 * Math.max(0, Math.min(1, share))
  return (
    <svg className="interval" viewBox="0 0 200 16" aria-hidden="true">
      <line x1="4" x2="196" y1="8" y2="8" className="axis" />
      <line x1={x(low)} x2={x(high)} y1="8" y2="8" className="range" />
      <circle cx={x(value)} cy="8" r="4" className="value" />
      {floor !== undefined && <line x1={x(floor)} x2={x(floor)} y1="1" y2="15" className="floor" />}
    </svg>
  )
}
