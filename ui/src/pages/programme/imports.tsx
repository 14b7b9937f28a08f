import { Link } from "@tanstack/react-router"
import { address } from "@/api/http"
import type { Programme, TakeIn } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, moment } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { useRows } from "@/parts/rows"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"

const toneOf = (state: string) => (state === "done" ? "ok" : state === "failed" ? "bad" : "accent")

const COLUMNS: Column<TakeIn>[] = [
  {
    key: "name",
    title: t("import.name"),
    by: ({ file }) => file,
    wide: true,
    cell: (row) => (
      <>
        <b>{row.file}</b>
        <small>
          {row.source} · {row.name} · {moment(row.at)}
        </small>
      </>
    ),
  },
  {
    key: "items",
    title: t("import.items"),
    number: true,
    by: ({ items }) => items,
    cell: ({ id, items }) =>
      items > 0 ? (
        <Link to="." search={{ tab: "items", import: id }}>
          {count(items)}
        </Link>
      ) : (
        "0"
      ),
  },
  {
    key: "judgements",
    title: t("import.judgements"),
    by: ({ judgements }) => judgements,
    number: true,
    cell: ({ judgements }) => count(judgements),
  },
  {
    key: "duplicates",
    title: t("import.duplicates"),
    by: ({ duplicates }) => duplicates,
    number: true,
    cell: ({ duplicates }) => count(duplicates),
  },
  {
    key: "rejects",
    title: t("import.rejects"),
    by: ({ rejects }) => rejects,
    number: true,
    cell: ({ id, rejects }) =>
      rejects > 0 ? (
        <a href={address(`/imports/${id}/rejects`, { format: "csv" })} download>
          {count(rejects)}
        </a>
      ) : (
        "0"
      ),
  },
  {
    key: "lost",
    title: t("import.lost"),
    by: ({ lost }) => lost,
    number: true,
    cell: ({ id, lost }) =>
      lost > 0 ? (
        <a href={address(`/imports/${id}/lost`, { format: "csv" })} download>
          {count(lost)}
        </a>
      ) : (
        "0"
      ),
  },
  {
    key: "state",
    title: t("import.state"),
    by: ({ state }) => state,
    cell: ({ state, error }) => (
      <>
        <Status tone={toneOf(state)}>{state}</Status>
        {error && (
          <small>
            {[error.field, error.message].filter(Boolean).join(": ")}
            {error.expected && ` (${t("import.expected", { expected: error.expected })})`}
          </small>
        )}
      </>
    ),
  },
]

export function Imports({
  programme,
  startImport,
}: {
  programme: Programme
  startImport: (() => void) | undefined
}) {
  const path = `/programmes/${programme.id}/imports`
  const { rows, pages: _pages, ...list } = useRows<TakeIn>(path, {}, 3_000)
  return (
    <Table
      label={t("programme.tab.imports")}
      rows={rows}
      columns={COLUMNS}
      keyOf={({ id }) => id}
      csv={address(path, { format: "csv" })}
      keys
      {...list}
      empty={
        <Empty title={t("import.none")} because={t("import.none_because")}>
          {startImport && (
            <button type="button" className="btn primary" onClick={startImport}>
              {t("import.title")}
            </button>
          )}
        </Empty>
      }
    />
  )
}
