import { expect, test } from "vitest"
import { readsLeftwards } from "@/lib/direction"

test("a paragraph reads the way its first letter does, whatever stands before it", () => {
  const text = "12) Hello\n“שלום” world\n… مرحبا\n42"
  const at = (word: string) => readsLeftwards(text, text.indexOf(word))
  expect([at("Hello"), at("world"), at("مرحبا"), at("42")]).toEqual([false, true, true, false])
})
