import { afterEach, beforeEach, expect, test, vi } from "vitest"
import {
  type Command,
  covered,
  keyName,
  keyShown,
  onKeyDown,
  register,
  remaps,
  singleKeys,
  takenBy,
} from "@/app/commands"
import { keyOf, pretty } from "@/app/keys"

const stop: (() => void)[] = []

function command(id: string, keys: string[], run: () => void, extra: Partial<Command> = {}): void {
  stop.push(register([{ id, title: id, keys, scope: "general", run, ...extra }]))
}

function press(
  key: string,
  code = "",
  init: KeyboardEventInit = {},
  target: EventTarget = document.body,
): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...init })
  target.dispatchEvent(event)
  return event
}

beforeEach(() => addEventListener("keydown", onKeyDown))
afterEach(() => {
  removeEventListener("keydown", onKeyDown)
  for (const one of stop.splice(0)) one()
  remaps.set({})
  singleKeys.set(true)
  document.body.replaceChildren()
})

test("a digit is the place on the keyboard, whatever the layout types there", () => {
  expect(keyOf(new KeyboardEvent("keydown", { key: "&", code: "Digit1" }))).toBe("1")
  expect(keyOf(new KeyboardEvent("keydown", { key: "!", code: "Digit1", shiftKey: true }))).toBe("shift+1")
})

test("a sign is the sign, wherever Shift was needed for it", () => {
  expect(keyOf(new KeyboardEvent("keydown", { key: "?", code: "Slash", shiftKey: true }))).toBe("?")
})

test("a letter of another alphabet means what an English keyboard has in its place, and one with a dot itself", () => {
  const typed = (key: string, code: string, init: KeyboardEventInit = {}) =>
    keyOf(new KeyboardEvent("keydown", { key, code, ...init }))
  expect(typed("ф", "KeyA")).toBe("a")
  expect(typed("Я", "KeyZ", { shiftKey: true })).toBe("shift+z")
  expect(typed("ش", "KeyA")).toBe("a")
  expect(typed("х", "BracketLeft")).toBe("[")
  expect(typed("Х", "BracketLeft", { shiftKey: true })).toBe("{")
  expect(typed("ö", "Semicolon")).toBe("ö")
})

test("signs that a layout has on its digits are heard, and its digits are", () => {
  const [search, label, eighth, edge] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()]
  command("search", ["/"], search)
  command("label.16", ["shift+7"], label)
  command("label.7", ["8"], eighth)
  command("edge", ["["], edge)
  press("/", "Digit7", { shiftKey: true }) // German
  press("&", "Digit7", { shiftKey: true }) // English
  press("8", "Digit8")
  press("_", "Digit8") // French
  press("[", "Digit8", { ctrlKey: true, altKey: true, modifierAltGraph: true }) // German, on Windows
  const heard = [search, label, eighth, edge].map((one) => one.mock.calls.length)
  expect(heard).toEqual([1, 1, 2, 1])
})

test("combinations are shown as people write them", () => {
  expect(pretty("mod+shift+l")).toBe("Ctrl+⇧L")
  expect(pretty("g p")).toBe("G P")
})

test("the later registration wins while it is there", () => {
  const [shell, page] = [vi.fn(), vi.fn()]
  command("shell", ["a"], shell)
  command("page", ["a"], page)
  press("a")
  expect([shell, page].map((one) => one.mock.calls.length)).toEqual([0, 1])
})

test("what has to be done first has its key before whatever was registered later", () => {
  const [rule, field] = [vi.fn(), vi.fn()]
  let unread = true
  command("rule", ["o"], rule, { first: true, when: () => unread })
  command("field", ["o"], field)
  press("o")
  unread = false
  press("o")
  expect([rule, field].map((one) => one.mock.calls.length)).toEqual([1, 1])
})

test("a hint says the key as it is now, and a sentence names what has none", () => {
  command("work.skip", ["s"], vi.fn())
  expect(keyName("work.skip")).toBe("S")
  remaps.set({ "work.skip": ["mod+v"] })
  expect(keyName("work.skip")).toBe("Ctrl+V")
  remaps.set({})
  singleKeys.set(false)
  expect(keyShown({ id: "work.skip", keys: ["s"] })).toBeUndefined()
  expect(keyName("work.skip")).toBe("“work.skip”")
  expect(takenBy("work.flag", "s", [{ id: "work.skip", keys: ["s"] }])?.id).toBe("work.skip")
  expect(takenBy("work.skip", "s", [{ id: "work.skip", keys: ["s"] }])).toBeUndefined()
})

test("a command whose time has not come leaves the key to the next one", () => {
  const [below, above] = [vi.fn(), vi.fn()]
  command("below", ["a"], below)
  command("above", ["a"], above, { when: () => false })
  press("a")
  expect([below, above].map((one) => one.mock.calls.length)).toEqual([1, 0])
})

test("two strokes are one command", () => {
  const run = vi.fn()
  command("go", ["g p"], run)
  expect(press("g").defaultPrevented).toBe(true)
  press("p")
  expect(run).toHaveBeenCalledOnce()
})

test("typing in a field runs nothing, but a combination that types nothing does", () => {
  const field = document.body.appendChild(document.createElement("input"))
  const [letter, palette] = [vi.fn(), vi.fn()]
  command("letter", ["a"], letter)
  command("palette", ["mod+k"], palette, { always: true })
  press("a", "", {}, field)
  press("k", "", { ctrlKey: true }, field)
  expect([letter, palette].map((one) => one.mock.calls.length)).toEqual([0, 1])
})

test("composing a character runs nothing", () => {
  const run = vi.fn()
  command("letter", ["a"], run)
  press("a", "", { isComposing: true })
  expect(run).not.toHaveBeenCalled()
})

test("Enter on a button presses the button", () => {
  const button = document.body.appendChild(document.createElement("button"))
  const run = vi.fn()
  command("submit", ["Enter"], run)
  press("Enter", "", {}, button)
  expect(run).not.toHaveBeenCalled()
})

test("a key can be changed, and the old one is free again", () => {
  const run = vi.fn()
  command("accept", ["a"], run)
  remaps.set({ accept: ["q"] })
  press("a")
  press("q")
  expect(run).toHaveBeenCalledOnce()
})

test("single keys can be switched off; combinations stay", () => {
  const [single, combined] = [vi.fn(), vi.fn()]
  command("single", ["a"], single)
  command("combined", ["mod+Enter"], combined)
  singleKeys.set(false)
  press("a")
  press("Enter", "", { ctrlKey: true })
  expect([single, combined].map((one) => one.mock.calls.length)).toEqual([0, 1])
})

test("nothing runs behind a dialog", () => {
  const dialog = document.createElement("div")
  dialog.setAttribute("role", "dialog")
  document.body.append(dialog)
  const run = vi.fn()
  command("accept", ["a"], run)
  press("a")
  expect(run).not.toHaveBeenCalled()
})

test("a place whose first stroke means something else here is offered without its keys", () => {
  const go = { id: "go.me", title: "Me", keys: ["g m"], scope: "go" as const, run: () => undefined }
  const guide = { id: "guide", title: "Guideline", keys: ["g"], scope: "work" as const, run: () => undefined }
  const gone = register([go])
  expect([keyShown(go), covered(go)]).toEqual(["G M", false])
  const over = register([guide])
  expect([keyShown(go), covered(go)]).toEqual([undefined, true])
  over()
  gone()
})
