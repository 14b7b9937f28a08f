import { describe, expect, test } from "vitest"
import { inUnits, nameOf } from "@/parts/evidence"

describe("a measure in words", () => {
  test("a measure among the parameters goes by its name", () => {
    const floor = { name: "floor.v1", params: { at: 0.8, of: { name: "accuracy.v1", params: {} } } }
    expect(nameOf(floor)).toBe("floor (at 0.8, of accuracy)")
  })

  test("violations are counted, not measured to two digits", () => {
    expect(inUnits("human_only.v1", 76)).toBe("76")
  })
})
