import { describe, expect, it } from "vitest"
import { inOrder } from "@/parts/sorted"

const names = (rows: { name: string | null }[]) => rows.map(({ name }) => name)

describe("rows in order", () => {
  const rows = [
    { name: "batch-10" },
    { name: null },
    { name: "Batch-2" },
    { name: "ärger" },
    { name: "batch-2" },
  ]

  it("orders words as people do, and numbers in them by value", () => {
    expect(names(inOrder(rows, ({ name }) => name, false))).toEqual([
      "ärger",
      "Batch-2",
      "batch-2",
      "batch-10",
      null,
    ])
  })

  it("keeps nothing at the end, downwards too", () => {
    expect(names(inOrder(rows, ({ name }) => name, true))).toEqual([
      "batch-10",
      "Batch-2",
      "batch-2",
      "ärger",
      null,
    ])
  })

  it("orders numbers as numbers", () => {
    expect(inOrder([{ n: 10 }, { n: 9 }, { n: -1 }], ({ n }) => n, false).map(({ n }) => n)).toEqual([
      -1, 9, 10,
    ])
  })
})
