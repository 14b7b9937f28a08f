import { useNavigate, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import type { Query } from "@/api/http"
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

interface Where {
  /** True for the table that the page is about: its order is part of the address. */
  readonly inAddress: boolean
  /** False where the server has more rows: then they stay in its order. */
  readonly whole: boolean
}

/** What the address wants the server to put rows in order by: nothing where it is a heading that the server has not. */
export function useOrder(columns: readonly Pick<Column<never>, "key" | "sort">[]): Query {
  const { sort = "" } = useSearch({ strict: false }) as Record<string, string>
  const asked = columns.find(({ key }) => key === sort.replace(/^-/, ""))?.sort
  return asked ? { sort: asked, order: sort.startsWith("-") ? "desc" : "asc" } : {}
}

/** Rows in the order that was asked for (`?sort=name`, `?sort=-name` in the address), and what a click on a heading does. */
export function useSorted<T>(
  rows: readonly T[] | undefined,
  columns: readonly Column<T>[],
  { inAddress, whole }: Where,
) {
  const search = useSearch({ strict: false }) as Record<string, string>
  const go = useNavigate()
  const [own, setOwn] = useState("")
  const sort = inAddress ? (search.sort ?? "") : own
  const down = sort.startsWith("-")
  const by = columns.find(({ key, by, sort: on }) => (on || (by && whole)) && key === sort.replace(/^-/, ""))
  const order = by ? (down ? "descending" : "ascending") : null
  const toggle = (key: string) => {
    const next = by?.key !== key ? key : down ? "" : `-${key}`
    if (!inAddress) return setOwn(next)
    const { sort: _, ...rest } = search
    void go({ to: ".", search: next ? { ...rest, sort: next } : rest, replace: true })
  }
  const here = by?.sort ? undefined : by?.by
  return { sorted: here && rows ? inOrder(rows, here, down) : rows, at: by?.key, order, toggle } as const
}
