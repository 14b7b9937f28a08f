import { afterEach, expect, test, vi } from "vitest"
import { askWhy, isMissing, missing } from "@/app/newer"

const MINE = "http://localhost/assets/index-old.js"
const served = (page: Response | Error) =>
  vi.stubGlobal("fetch", async () => {
    if (page instanceof Error) throw page
    return page
  })

afterEach(() => {
  missing.set(null)
  vi.unstubAllGlobals()
})

test("a part is missing because a newer interface took its place where the server's page runs another script", async () => {
  served(new Response('<script type="module" src="/assets/index-new.js"></script>'))
  await askWhy(MINE)
  expect(missing.get()).toBe("newer")
})

test.each([
  ["the same script", new Response('<script type="module" src="/assets/index-old.js"></script>')],
  ["an error", new Response("<script>", { status: 502 })],
  ["nothing", new TypeError("Failed to fetch")],
])("it is away where the server's page holds %s", async (_, page) => {
  served(page)
  await askWhy(MINE)
  expect(missing.get()).toBe("away")
})

test("the browsers' words for a part that is not there are known, and no other error's", () => {
  for (const words of [
    "Failed to fetch dynamically imported module: http://localhost/assets/spans-1.js",
    "error loading dynamically imported module: http://localhost/assets/spans-1.js",
    "Importing a module script failed.",
    "Unable to preload CSS for /assets/forms-1.css",
  ])
    expect(isMissing(new TypeError(words))).toBe(true)
  expect(isMissing(new TypeError("x is not a function"))).toBe(false)
})
