import { remembered } from "@/lib/store"

/** How a person reads best: kept in this browser, applied to items, rules and rulings. */
export interface Reading {
  readonly size: "normal" | "larger" | "largest"
  readonly lines: "normal" | "wide"
  readonly motion: "system" | "less"
}

export const reading = remembered<Reading>("reading", { size: "normal", lines: "normal", motion: "system" })

function apply(): void {
  const { size, lines, motion } = reading.get()
  Object.assign(document.documentElement.dataset, { size, lines, motion })
}

export function startReading(): void {
  apply()
  reading.watch(apply)
}
