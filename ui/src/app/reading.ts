import { remembered } from "@/lib/store"

/** How a person reads best: kept in this browser, applied to items, rules, rulings and tables. */
export interface Reading {
  readonly size: "normal" | "larger" | "largest"
  readonly lines: "normal" | "wide"
  /** The panel beside an item. */
  readonly panel: "normal" | "broad"
  readonly rows: "normal" | "close"
  readonly motion: "system" | "less"
}

export const reading = remembered<Reading>("reading", {
  size: "normal",
  lines: "normal",
  panel: "normal",
  rows: "normal",
  motion: "system",
})

function apply(): void {
  const { size, lines, panel, rows, motion } = reading.get()
  Object.assign(document.documentElement.dataset, { size, lines, panel, rows, motion })
}

export function startReading(): void {
  apply()
  reading.watch(apply)
}
