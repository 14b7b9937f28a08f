import { Link } from "@tanstack/react-router"
import type { BatchPage } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, percent } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Flow } from "@/parts/flow"
import { type Column, Table } from "@/parts/table"

type Row = BatchPage["routing"][number]

/** Which rule sent how many items where: as a picture, and as the same numbers in a table. */
export function BatchRouting({ page }: { page: BatchPage }) {
  const total = page.routing.reduce((sum, { items }) => sum + items, 0)
  const columns: Column<Row>[] = [
    {
      key: "rule",
      title: t("routing.rule"),
      by: ({ rule }) => rule,
      wide: true,
      cell: ({ rule }) => (
        <Link to="." search={{ tab: "items", rule }} className="strong">
          {rule}
        </Link>
      ),
    },
    {
      key: "queue",
      title: t("item.routed"),
      by: ({ queue }) => queue,
      cell: ({ queue }) => t(`queue.${queue}`),
    },
    { key: "tier", title: t("people.tier"), by: ({ tier }) => tier, cell: ({ tier }) => `T${tier}` },
    {
      key: "items",
      title: t("import.items"),
      by: ({ items }) => items,
      number: true,
      cell: ({ rule, queue, items }) => (
        <Link to="." search={{ tab: "items", rule, queue }}>
          {count(items)}
        </Link>
      ),
    },
    {
      key: "share",
      title: t("routing.share"),
      by: ({ items }) => items,
      number: true,
      cell: ({ items }) => (
        <>
          {percent(items / total)}{" "}
          <small>{t("evidence.n_of", { n: count(items), eligible: count(total) })}</small>
        </>
      ),
    },
  ]
  if (total === 0) return <Empty title={t("routing.none")} because={t("routing.none_because")} />
  return (
    <>
      <div className="card">
        <Flow streams={page.routing} />
      </div>
      <Table
        label={t("batch.tab.routing")}
        rows={page.routing}
        columns={columns}
        keyOf={({ rule, queue, tier }) => `${rule}.${queue}.${tier}`}
        keys
        empty={null}
      />
    </>
  )
}
