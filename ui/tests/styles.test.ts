import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"

const FOLDER = join(import.meta.dirname, "../src/styles")

/** The classes that a stylesheet gives their look, outside of conditions. */
function namesIn(sheet: string): Set<string> {
  const flat = sheet.replace(/\/\*[\s\S]*?\*\//g, "").replace(/@[^{;]+\{(?:[^{}]*\{[^{}]*\})*\s*\}/g, "")
  const selectors = [...flat.matchAll(/([^{}]+)\{/g)].flatMap(([, all = ""]) => all.split(","))
  return new Set(selectors.map((one) => one.trim()).filter((one) => /^\.[\w-]+$/.test(one)))
}

test("no class gets its look from two stylesheets, so that a page loaded later changes none before it", () => {
  const owners = readdirSync(FOLDER).flatMap((file) =>
    [...namesIn(readFileSync(join(FOLDER, file), "utf8"))].map((name) => ({ name, file })),
  )
  expect(owners.length).toBeGreaterThan(100)
  const twice = [...Map.groupBy(owners, ({ name }) => name)].filter(([, all]) => all.length > 1)
  expect(twice).toEqual([])
})
