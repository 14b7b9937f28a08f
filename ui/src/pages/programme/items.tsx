import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { address } from "@/api/http"
import type { Programme } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Empty } from "@/parts/empty"
import { Filters } from "@/parts/filters"
import { useRows } from "@/parts/rows"
import { type Column, Table } from "@/parts/table"

interface ItemRow {
  id: string
  external_id: string
  text: string
  digest: string
}

const COLUMNS: Column<ItemRow>[] = [
  {
    key: "id",
    title: t("item.id"),
    cell: ({ id, external_id }) => (
      <Link to="/i/$item" params={{ item: id }} className="mono">
        {external_id || id}
      </Link>
    ),
  },
  {
    key: "text",
    title: t("item.text"),
    wide: true,
    cell: ({ text }) => (
      <span className="clip" dir="auto">
        {text}
      </span>
    ),
  },
]

export function Items({ programme, startImport }: { programme: Programme; startImport: () => void }) {
  const go = useNavigate()
  const { q, label } = useSearch({ strict: false }) as { q?: string; label?: string }
  const path = `/programmes/${programme.id}/items`
  const query = { q, label }
  const { rows, ...list } = useRows<ItemRow>(path, query)
  const filtered = Boolean(q || label)
  return (
    <>
      <Filters
        fields={[
          ["q", t("filter.text")],
          ["label", t("filter.label")],
        ]}
      />
      <Table
        label={t("programme.tab.items")}
        rows={rows}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        onOpen={({ id }) => void go({ to: "/i/$item", params: { item: id } })}
        csv={address(path, { ...query, format: "csv" })}
        keys
        {...list}
        empty={
          filtered ? (
            <Empty title={t("filter.none")} because={t("filter.none_because")} />
          ) : (
            <Empty title={t("item.none")} because={t("item.none_because")}>
              <button type="button" className="btn primary" onClick={startImport}>
                {t("import.title")}
              </button>
            </Empty>
          )
        }
      />
    </>
  )
}
