import { expect, test } from "vitest"
import { money } from "@/lib/format"

test("an amount of one item shows what lies below a minor unit", () => {
  expect(money(1.43, "EUR")).toBe("€0.01")
  expect(money(1.43, "EUR", 2)).toBe("€0.0143")
  expect(money(123456, "EUR")).toBe("€1,234.56")
  expect(money(3, "JPY", 2)).toBe("¥3.00")
})
