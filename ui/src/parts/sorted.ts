import { useNavigate, useSearch } from "@tanstack/react-router"
import type { Column } from "./table"

export type By = string | number | null | undefined

/** Nothing comes last, whichever way; words as people order them, numbers inside words by their value. */
export function compare(a: By, b: By): number {
  if (a === b) return 0
  if (a === null || a === undefined || a === "") return Number.POSITIVE_INFINITY
  if (b === null || b === undefined || b === "") return Number.NEGATIVE_INFINITY
  if (typeof a === "number" && typeof b === "number") return a - b
  return String(a).localeCompare(String(b), undefined, { numeric: true, sensitivity: "base" })
}

/** Rows in the order of one column, downwards after a minus. What is equal stays as it came. */
export function inOrder<T>(rows: readonly T[], by: (row: T) => By, down: boolean): T[] {
  return rows.toSorted((a, b) => {
    const found = compare(by(a), by(b))
    return down && Number.isFinite(found) ? -found : found
  })
}

/** Rows by the column that the address names (`?sort=name`, `?sort=-name`), and what a click on a heading does. */
export function useSorted<T>(rows: readonly T[] | undefined, columns: readonly Column<T>[], whole: boolean) {
  const search = useSearch({ strict: false }) as Record<string, string>
  const go = useNavigate()
  const sort = whole ? (search.sort ?? "") : ""
  const down = sort.startsWith("-")
  const by = columns.find(({ key, by }) => by && key === sort.replace(/^-/, ""))
  const order = by ? (down ? "descending" : "ascending") : null
  const toggle = (key: string) => {
    const { sort: _, ...rest } = search
    const next = by?.key !== key ? key : down ? null : `-${key}`
    void go({ to: ".", search: next ? { ...rest, sort: next } : rest, replace: true })
  }
  return { sorted: by?.by && rows ? inOrder(rows, by.by, down) : rows, at: by?.key, order, toggle } as const
}
