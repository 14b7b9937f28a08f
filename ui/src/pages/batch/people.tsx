import { Link } from "@tanstack/react-router"
import type { BatchPage } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, decimal } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { type Column, Table } from "@/parts/table"

type Row = BatchPage["people"][number]

const COLUMNS: Column<Row>[] = [
  {
    key: "name",
    title: t("people.name"),
    by: ({ actor }) => actor.name,
    wide: true,
    cell: ({ actor }) => (
      <>
        <Link to="." search={{ tab: "items", by: actor.id }} className="strong">
          {actor.name}
        </Link>{" "}
        {actor.simulated && <span className="chip">{t("people.simulated")}</span>}
      </>
    ),
  },
  {
    key: "judgements",
    title: t("item.judgements"),
    by: ({ judgements }) => judgements,
    number: true,
    cell: ({ actor, judgements, items }) => (
      <>
        {count(judgements)}{" "}
        <small>
          <Link to="." search={{ tab: "items", by: actor.id }}>
            {t("batch.on_items", { count: items })}
          </Link>
        </small>
      </>
    ),
  },
  {
    key: "mean",
    title: t("people.mean_time"),
    by: ({ active_ms_mean }) => active_ms_mean,
    number: true,
    cell: ({ active_ms_mean, timed }) =>
      active_ms_mean === null ? (
        "–"
      ) : (
        <>
          {decimal(active_ms_mean / 1000, 1)} s <small>{t("evidence.n", { n: count(timed) })}</small>
        </>
      ),
  },
]

export function BatchPeople({ people }: { people: readonly Row[] }) {
  return (
    <Table
      label={t("batch.tab.people")}
      rows={people}
      columns={COLUMNS}
      keyOf={({ actor }) => actor.id}
      keys
      empty={<Empty title={t("people.nobody_yet")} because={t("people.nobody_yet_because")} />}
    />
  )
}
