import { afterEach, expect, test, vi } from "vitest"
import { guard, moment, tile } from "../src/parts/guard"

afterEach(() => {
  document.body.innerHTML = ""
})

const fired = (target: EventTarget, event: Event): boolean => !target.dispatchEvent(event)
const happened = (kind: string) => new Event(kind, { bubbles: true, cancelable: true })
const pressed = (key: string, ctrlKey = true) =>
  new KeyboardEvent("keydown", { key, ctrlKey, bubbles: true, cancelable: true })

test("an item is not copied, dragged or opened in a menu, and what one types oneself is", () => {
  document.body.innerHTML = "<article>an item</article><textarea></textarea>"
  const [item, own] = [document.querySelector("article"), document.querySelector("textarea")]
  if (!item || !own) throw new Error("nothing there")
  const told = vi.fn()
  const stop = guard(told)
  for (const kind of ["copy", "cut", "dragstart", "contextmenu"]) {
    expect(fired(item, happened(kind)), kind).toBe(true)
    expect(fired(own, happened(kind)), kind).toBe(false)
  }
  expect(told).toHaveBeenCalledTimes(1)
  stop()
  expect(fired(item, happened("copy"))).toBe(false)
})

test("a page is not saved or printed by its keys, and other keys do what they did", () => {
  const stop = guard(() => undefined)
  expect(fired(document.body, pressed("p"))).toBe(true)
  expect(fired(document.body, pressed("S"))).toBe(true)
  expect(fired(document.body, pressed("s", false))).toBe(false)
  expect(fired(document.body, pressed("k"))).toBe(false)
  stop()
  expect(fired(document.body, pressed("p"))).toBe(false)
})

test("the mark says who and when, in a picture that needs no network", () => {
  const drawn = tile("person-k3j2h4x5", moment(new Date("2026-11-27T08:04:59Z")))
  expect(drawn.startsWith("data:image/svg+xml,")).toBe(true)
  const text = decodeURIComponent(drawn)
  expect(text).toContain("person-k3j2h4x5")
  expect(text).toContain("2026-11-27 08:04 UTC")
})
