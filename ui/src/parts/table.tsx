import { IconChevronDown, IconChevronUp, IconDownload, IconSelector } from "@tabler/icons-react"
import { type ReactNode, useEffect, useRef, useState } from "react"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { asCsv } from "@/lib/csv"
import { Problem } from "./problem"
import { type By, useSorted } from "./sorted"

export interface Column<T> {
  readonly key: string
  readonly title: string
  readonly cell: (row: T) => ReactNode
  /** Right-aligned, in figures of one width. */
  readonly number?: boolean
  readonly wide?: boolean
  /** What the column is put in order by here, where all rows are. */
  readonly by?: (row: T) => By
  /** What the server calls its order; it holds over all pages. Without it and without `by` the heading is no button. */
  readonly sort?: string
}

interface Props<T> {
  readonly label: string
  readonly rows: readonly T[] | undefined
  readonly columns: readonly Column<T>[]
  readonly keyOf: (row: T) => string
  /** Enter or a click on the row. */
  readonly onOpen?: (row: T) => void
  /** Where the whole table is as CSV; left out where all its rows are on the page. */
  readonly csv?: string
  readonly more?: (() => void) | undefined
  readonly loading?: boolean
  readonly error?: unknown
  readonly retry?: () => void
  readonly empty: ReactNode
  /** What the rows leave out, as the server says it. */
  readonly because?: string | undefined
  /** The one table of the page that J, K and Enter belong to. */
  readonly keys?: boolean
}

export function Table<T>(props: Props<T>) {
  const {
    label,
    columns,
    keyOf,
    onOpen,
    csv,
    more,
    loading,
    error,
    retry,
    empty,
    because,
    keys = false,
  } = props
  const sorting = useSorted(props.rows, columns, { inAddress: keys, whole: !more })
  const rows = sorting.sorted
  const [at, setAt] = useState(-1)
  const body = useRef<HTMLTableSectionElement>(null)
  const length = rows?.length ?? 0
  useEffect(() => {
    body.current?.rows[at]?.scrollIntoView({ block: "nearest" })
  }, [at])
  const step = (by: number) => setAt((now) => Math.max(0, Math.min(length - 1, now + by)))
  const row = rows?.[at]
  useCommands(
    keys
      ? [
          {
            id: "table.next",
            title: t("table.next"),
            keys: ["j", "ArrowDown"],
            scope: "table",
            run: () => step(1),
          },
          {
            id: "table.previous",
            title: t("table.previous"),
            keys: ["k", "ArrowUp"],
            scope: "table",
            run: () => step(-1),
          },
          {
            id: "table.open",
            title: t("table.open"),
            keys: ["Enter"],
            scope: "table",
            when: () => row !== undefined && onOpen !== undefined,
            run: () => row !== undefined && onOpen?.(row),
          },
        ]
      : [],
  )
  if (error) return <Problem error={error} {...(retry ? { retry } : {})} />
  if (rows?.length === 0) return empty
  return (
    <div className="table-box">
      {loading && <div className="loading-line" role="status" aria-label={t("table.loading")} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than its box must scroll by keys */}
      <section className="table-scroll" aria-label={label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map(({ key, title, number, by, sort }) => (
                <th
                  key={key}
                  scope="col"
                  className={number ? "number" : undefined}
                  aria-sort={sorting.at === key ? (sorting.order ?? "none") : undefined}
                >
                  {(sort || (by && !more)) && length > 1 ? (
                    <button type="button" className="sort" onClick={() => sorting.toggle(key)}>
                      {title}
                      {sorting.at !== key ? (
                        <IconSelector size={14} aria-hidden />
                      ) : sorting.order === "ascending" ? (
                        <IconChevronUp size={14} aria-hidden />
                      ) : (
                        <IconChevronDown size={14} aria-hidden />
                      )}
                    </button>
                  ) : (
                    title
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {rows?.map((one, index) => (
              <tr
                key={keyOf(one)}
                className={[index === at && "at", onOpen && "opens"].filter(Boolean).join(" ") || undefined}
                onClick={(event) => {
                  if (!(event.target as HTMLElement).closest("a, button, input")) onOpen?.(one)
                }}
              >
                {columns.map(({ key, cell, number, wide }) => (
                  <td
                    key={key}
                    className={[number && "number", wide && "wide"].filter(Boolean).join(" ") || undefined}
                  >
                    {cell(one)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <footer className="table-foot">
        {more && (
          <button type="button" className="btn small" onClick={more}>
            {t("table.more")}
          </button>
        )}
        {because && (
          <span className="dim" role="note">
            {because}
          </span>
        )}
        <span className="grow" />
        {length > 0 && (
          <a
            className="btn small quiet"
            href={csv ?? "#"}
            download={csv ? true : `${label}.csv`}
            onClick={csv ? undefined : ({ currentTarget }) => fill(currentTarget, rows)}
          >
            <IconDownload size={14} aria-hidden /> CSV
          </a>
        )}
      </footer>
    </div>
  )
}

/** A link to the rows themselves, made when it is followed. */
function fill(link: HTMLAnchorElement, rows: readonly unknown[] = []) {
  link.href = URL.createObjectURL(new Blob([asCsv(rows)], { type: "text/csv;charset=utf-8" }))
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
