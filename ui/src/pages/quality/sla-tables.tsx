import "@/styles/sla.css"
import { t } from "@/app/i18n"
import { decimal, moment, money, percent } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { MeasuredCell } from "@/parts/measured"
import { Status, type Tone } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import type { Credit, Term, TermState } from "./sla-types"

const TONES: Record<TermState, Tone> = { kept: "ok", at_risk: "warn", breached: "bad", unknown: "dim" }

/** Kept, at risk, breached, or not to be said yet. */
export const TermStatus = ({ state }: { state: TermState }) => (
  <Status tone={TONES[state]}>{t(`sla.${state}`)}</Status>
)

const SHARES = new Set(["accuracy", "throughput", "escalation"])

/** A term's number, as a share where it is one. */
function Number_({ term }: { term: Term }) {
  const { because: _, ...number } = term
  return (
    <MeasuredCell
      measured={{ ...number, because: t("evidence.no_value") }}
      share={SHARES.has(term.promise)}
    />
  )
}

const terms = (currency: string, priced: boolean): Column<Term>[] => [
  {
    key: "term",
    title: t("sla.term"),
    by: ({ term }) => term,
    wide: true,
    cell: ({ term, says }) => (
      <>
        <b>{term}</b>
        <small>{says}</small>
      </>
    ),
  },
  {
    key: "state",
    title: t("sla.state"),
    by: ({ state }) => state,
    cell: ({ state, forecast, kept_at }) => (
      <>
        <TermStatus state={state} />
        {forecast && <small>{t("sla.forecast")}</small>}
        {kept_at && <small>{t("sla.kept_at", { when: moment(kept_at) })}</small>}
      </>
    ),
  },
  { key: "number", title: t("sla.number"), cell: (term) => <Number_ term={term} /> },
  {
    key: "because",
    title: t("sla.because"),
    wide: true,
    cell: ({ because, remedy }) => (
      <>
        {because}
        {remedy && <small>{remedy}</small>}
      </>
    ),
  },
  { key: "owner", title: t("sla.owner"), by: ({ owner }) => owner, cell: ({ owner }) => owner },
  ...(priced
    ? [
        {
          key: "credit",
          title: t("sla.credit"),
          number: true,
          by: ({ credit }: Term) => credit,
          cell: ({ credit }: Term) => (credit ? money(credit, currency) : "–"),
        },
      ]
    : []),
]

const credits = (currency: string): Column<Credit>[] => [
  { key: "term", title: t("sla.term"), by: ({ term }) => term, cell: ({ term }) => term },
  { key: "about", title: t("sla.batch"), by: ({ about }) => about, cell: ({ about }) => about },
  {
    key: "share",
    title: t("sla.share"),
    number: true,
    by: ({ share }) => share,
    cell: ({ share }) => percent(share),
  },
  {
    key: "amount",
    title: t("sla.amount"),
    number: true,
    by: ({ amount }) => amount,
    cell: ({ amount, price }) => (
      <>
        {money(amount, currency)}
        <small>{money(price, currency)}</small>
      </>
    ),
  },
  { key: "because", title: t("sla.because"), wide: true, cell: ({ because }) => because },
]

interface Props {
  readonly terms: Term[]
  readonly credits: Credit[]
  readonly currency: string
  readonly price: number | null
  readonly credited: number
  readonly capped: boolean
}

/** What became of every term, and what is credited for it, line by line. */
export function Terms({ terms: rows, credits: due, currency, price, credited, capped }: Props) {
  return (
    <>
      <h2>{t("sla.terms")}</h2>
      <Table
        label={t("sla.terms")}
        rows={rows}
        columns={terms(currency, price !== null)}
        keyOf={({ term }) => term}
        empty={null}
      />
      <h2>{t("sla.credits")}</h2>
      {price === null && <p className="dim">{t("sla.no_price")}</p>}
      {price !== null && due.length > 0 && (
        <p>
          {t("sla.credited", { amount: money(credited, currency), price: money(price, currency) })}
          {capped && `, ${t("sla.capped")}`}
        </p>
      )}
      {price !== null && (
        <Table
          label={t("sla.credits")}
          rows={due}
          columns={credits(currency)}
          keyOf={({ term, about }) => `${term} ${about}`}
          empty={<Empty title={t("sla.credits_none")} because={t("sla.credits_none_because")} />}
        />
      )}
    </>
  )
}

/** Whether something was done in time, or is still open. */
export function InTime({ in_time, hours }: { in_time: boolean | null; hours: number }) {
  const [tone, word] =
    in_time === null
      ? (["dim", "open"] as const)
      : in_time
        ? (["ok", "in_time"] as const)
        : (["bad", "late"] as const)
  return (
    <>
      <Status tone={tone}>{t(`sla.${word}`)}</Status>
      <small>
        {t("sla.working_hours")}: {decimal(hours, 1)}
      </small>
    </>
  )
}
