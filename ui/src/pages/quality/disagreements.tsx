import { Link } from "@tanstack/react-router"
import { address } from "@/api/http"
import { t } from "@/app/i18n"
import type { Entry } from "@/editors/labels"
import { count, percent } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { useRows } from "@/parts/rows"
import { type Column, Table } from "@/parts/table"
import { describe } from "@/work/describe"
import { useLabelNames } from "@/work/label-names"
import type { Confused, Disagreement } from "./types"

const itemsWith = (entries: readonly Entry[]): Column<Disagreement>[] => [
  {
    key: "item",
    title: t("quality.item"),
    wide: true,
    cell: ({ item_id, external_id, text }) => (
      <>
        <Link to="/i/$item" params={{ item: item_id }}>
          {external_id}
        </Link>
        <small>{text}</small>
      </>
    ),
  },
  {
    key: "answers",
    title: t("quality.answers"),
    wide: true,
    cell: ({ answers }) =>
      answers.map((one) => (
        <div key={JSON.stringify(one.answer)}>
          <b>{describe(one.answer, entries)}</b> <span className="dim">{one.by.join(", ")}</span>
          {one.posterior !== null && (
            <span className="dim"> · {t("quality.model_says", { share: percent(one.posterior, 0) })}</span>
          )}
        </div>
      )),
  },
  {
    key: "settled",
    title: t("quality.settled"),
    cell: ({ decided, because, state }) => (
      <>
        {decided === null ? state : <b>{describe(decided, entries)}</b>}
        <small>{because}</small>
      </>
    ),
  },
]

const nameOf = (id: string, entries: readonly Entry[]) =>
  entries.find(({ label }) => label.id === id)?.label.name ?? id

const labelsWith = (entries: readonly Entry[]): Column<Confused>[] => [
  { key: "a", title: t("quality.one_says"), wide: true, cell: ({ a }) => <b>{nameOf(a, entries)}</b> },
  { key: "b", title: t("quality.another_says"), wide: true, cell: ({ b }) => <b>{nameOf(b, entries)}</b> },
  {
    key: "share",
    title: t("quality.how_often"),
    number: true,
    cell: (one) => (
      <>
        {percent(one.value)}{" "}
        <small>
          {percent(one.low)}–{percent(one.high)} ·{" "}
          {t("quality.pairs", { n: count(one.together), of: count(one.n) })}
        </small>
      </>
    ),
  },
]

/** What independent annotators disagree about: which labels, which items, and how each was settled. */
export function Disagreements({ batch, programme }: { batch: string; programme: string | undefined }) {
  const entries = useLabelNames(programme ? [programme] : []).get(programme ?? "") ?? []
  const labels = useRows<Confused>(`/batches/${batch}/confusions`, {}, 30_000)
  const path = `/batches/${batch}/disagreements`
  const { rows, ...list } = useRows<Disagreement>(path, {}, 30_000)
  if (labels.rows?.length === 0 && rows?.length === 0) {
    return <Empty title={t("quality.all_agree")} because={t("quality.all_agree_because")} />
  }
  return (
    <>
      <h2>{t("quality.confused_labels")}</h2>
      <Table
        label={t("quality.confused_labels")}
        columns={labelsWith(entries)}
        keyOf={({ a, b }) => `${a} ${b}`}
        {...labels}
        empty={<p className="dim">{t("quality.nothing_stands_out")}</p>}
      />
      <h2>{t("quality.disagreed_items")}</h2>
      <p className="dim">{t("quality.posterior_note")}</p>
      <Table
        label={t("quality.disagreed_items")}
        rows={rows}
        columns={itemsWith(entries)}
        keyOf={({ item_id }) => item_id}
        csv={address(path, { format: "csv" })}
        {...list}
        empty={<p className="dim">{t("quality.nothing_stands_out")}</p>}
      />
    </>
  )
}
