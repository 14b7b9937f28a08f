import { Link, useNavigate } from "@tanstack/react-router"
import { address } from "@/api/http"
import type { BatchRow, Programme } from "@/api/nouns"
import { t } from "@/app/i18n"
import { relative } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { ProgressLine } from "@/parts/progress"
import { useRows } from "@/parts/rows"
import { useOrder } from "@/parts/sorted"
import { OutcomeStatus } from "@/parts/status"
import { type Column, Table } from "@/parts/table"

const COLUMNS: Column<BatchRow>[] = [
  {
    key: "name",
    title: t("batch.name"),
    sort: "name",
    cell: ({ batch }) => (
      <>
        <Link to="/b/$batch" params={{ batch: batch.id }} className="strong">
          {batch.name}
        </Link>
        <small>{batch.purpose.replaceAll("_", " ")}</small>
      </>
    ),
  },
  {
    key: "progress",
    title: t("batch.progress"),
    sort: "progress",
    wide: true,
    cell: ({ progress, batch }) => <ProgressLine progress={progress} batch={batch.id} />,
  },
  {
    key: "due",
    title: t("batch.due"),
    sort: "due",
    cell: ({ batch }) => (batch.due_at ? relative(batch.due_at) : "–"),
  },
  { key: "owner", title: t("batch.owner"), sort: "owner", cell: ({ batch }) => batch.owner },
  {
    key: "gate",
    title: t("batch.gate"),
    sort: "gate",
    cell: ({ outcome }) => <OutcomeStatus outcome={outcome} />,
  },
]

export function Batches({ programme, route }: { programme: Programme; route: (() => void) | undefined }) {
  const go = useNavigate()
  const path = `/programmes/${programme.id}/batches`
  const order = useOrder(COLUMNS)
  const { rows, pages: _pages, ...list } = useRows<BatchRow>(path, order, 10_000)
  return (
    <Table
      label={t("programme.tab.batches")}
      rows={rows?.filter(({ progress }) => progress.items > 0)}
      columns={COLUMNS}
      keyOf={({ batch }) => batch.id}
      onOpen={({ batch }) => void go({ to: "/b/$batch", params: { batch: batch.id } })}
      csv={address(path, { ...order, format: "csv" })}
      keys
      {...list}
      empty={
        <Empty title={t("batch.none")} because={t("batch.none_because")}>
          {route && (
            <button type="button" className="btn primary" onClick={route}>
              {t("programme.route")}
            </button>
          )}
        </Empty>
      }
    />
  )
}
