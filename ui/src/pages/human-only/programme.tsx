import { useQuery } from "@tanstack/react-query"
import { useParams } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import type { ProgrammePage } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, decimal, percent } from "@/lib/format"
import { HumanAndModel, ScopeLine } from "@/pages/anchoring/room"
import { Empty } from "@/parts/empty"
import { MeasuredCell } from "@/parts/measured"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import { IntervalLine } from "../anchoring/interval"
import { ProofOf } from "./proof"
import type { HumanOnlyPage, Missed, Threshold, Trigger } from "./types"

/** What belongs to people: how much of it no trigger suspects, and the proof that people alone labelled the rest. */
export default function HumanOnlyRoom() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const at = `/programmes/${encodeURIComponent(name)}`
  const page = useQuery({
    queryKey: ["human-only", name],
    queryFn: () => get<HumanOnlyPage>(`${at}/human-only`),
  })
  const programme = useQuery({ queryKey: ["programme", name], queryFn: () => get<ProgrammePage>(at) })
  if (page.error || !page.data) {
    return (
      <HumanAndModel room="human-only">
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </HumanAndModel>
    )
  }
  const { scope, latched, triggers, line, misses, thresholds } = page.data
  const [whole] = misses
  return (
    <HumanAndModel room="human-only">
      <ScopeLine scope={scope} />
      <ul className="key-numbers">
        <li>
          <h2>{t("human_only.latched")}</h2>
          <b className="num">{t("human_only.latched_n", { n: count(latched) })}</b>
        </li>
        {whole && (
          <>
            <li>
              <h2>{t("human_only.missed")}</h2>
              <MeasuredCell measured={whole} share />
              <small className="dim">{t("human_only.missed_means")}</small>
            </li>
            <li>
              <h2>{t("human_only.omitted")}</h2>
              <MeasuredCell measured={omitted(whole)} share />
              <small className="dim">{t("human_only.omitted_means")}</small>
            </li>
          </>
        )}
      </ul>
      <p className="dim small">
        {line === null ? t("human_only.line_none") : t("human_only.line", { line: percent(line) })}{" "}
        {t("human_only.how")}
      </p>
      <h2>{t("human_only.by_part")}</h2>
      <Table
        label={t("human_only.by_part")}
        rows={misses}
        columns={PARTS}
        keyOf={({ by, name }) => `${by} ${name}`}
        csv={address(`${at}/human-only`, { format: "csv" })}
        empty={null}
      />
      {thresholds.length > 0 && (
        <>
          <h2>{t("human_only.thresholds")}</h2>
          <Table
            label={t("human_only.thresholds")}
            rows={thresholds}
            columns={THRESHOLDS}
            keyOf={({ label }) => label}
            empty={null}
          />
        </>
      )}
      <h2>{t("human_only.triggers")}</h2>
      <Table
        label={t("human_only.triggers")}
        rows={triggers}
        columns={TRIGGERS}
        keyOf={({ rule }) => rule}
        empty={
          <Empty title={t("human_only.triggers_none")} because={t("human_only.triggers_none_because")} />
        }
      />
      <h2>{t("human_only.proof")}</h2>
      <ProofOf at={at} programme_id={programme.data?.programme.id ?? ""} />
    </HumanAndModel>
  )
}

const omitted = (one: Missed) => ({
  ...one,
  value: one.omitted,
  low: one.omitted_low,
  high: one.omitted_high,
})

const PARTS: Column<Missed>[] = [
  {
    key: "part",
    title: t("human_only.part"),
    wide: true,
    by: ({ by, name }) => `${by} ${name}`,
    cell: ({ by, name }) => (
      <>
        <b>{by === "all" ? t("human_only.everything") : name}</b>
        {by !== "all" && <small>{t(`human_only.by.${by}`)}</small>}
      </>
    ),
  },
  {
    key: "missed",
    title: t("human_only.missed"),
    by: ({ value }) => value ?? -1,
    cell: (one) => <MeasuredCell measured={one} share />,
  },
  {
    key: "line",
    title: t("human_only.line_axis"),
    cell: ({ value, low, high }) =>
      value !== null && <IntervalLine value={value} low={low} high={high} from={0} to={1} />,
  },
  {
    key: "found",
    title: t("human_only.found"),
    number: true,
    by: ({ missed }) => missed,
    cell: ({ missed, n, eligible }) => (
      <>
        {count(missed)}
        <small>{t("human_only.found_of", { n: count(n), of: count(eligible) })}</small>
      </>
    ),
  },
  {
    key: "caught",
    title: t("human_only.caught"),
    number: true,
    by: ({ caught }) => caught,
    cell: ({ caught }) => count(caught),
  },
]

const THRESHOLDS: Column<Threshold>[] = [
  { key: "label", title: t("human_only.label"), cell: ({ label }) => <b>{label}</b> },
  {
    key: "above",
    title: t("human_only.above"),
    number: true,
    cell: ({ above, now }) => (
      <>
        {above === null ? "–" : decimal(above, 2)}
        <small>{t("human_only.above_now", { now: decimal(now, 2) })}</small>
      </>
    ),
  },
  {
    key: "would",
    title: t("human_only.would"),
    number: true,
    cell: ({ caught, missed }) => t("human_only.would_of", { caught: count(caught), missed: count(missed) }),
  },
  {
    key: "more",
    title: t("human_only.more"),
    number: true,
    cell: ({ more }) => (more === null ? "–" : t("human_only.more_items", { n: count(Math.round(more)) })),
  },
  { key: "why", title: t("human_only.why"), wide: true, cell: ({ because }) => because },
]

const TRIGGERS: Column<Trigger>[] = [
  { key: "rule", title: t("human_only.trigger"), wide: true, cell: ({ rule }) => <b>{rule}</b> },
  { key: "items", title: t("human_only.items"), number: true, cell: ({ items }) => count(items) },
]
