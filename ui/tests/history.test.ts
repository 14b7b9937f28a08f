import { expect, test } from "vitest"
import { begin, change, DEPTH, redo, undo } from "@/lib/history"

test("undo and redo walk through what was", () => {
  const two = change(change(begin("a"), "b"), "c")
  expect(undo(undo(two)).now).toBe("a")
  expect(redo(undo(two)).now).toBe("c")
})

test("a new change forgets what was undone", () => {
  const history = change(undo(change(begin(1), 2)), 3)
  expect(redo(history).now).toBe(3)
  expect(history.future).toEqual([])
})

test("the same value leaves no step behind", () => {
  const history = begin("a")
  expect(change(history, "a")).toBe(history)
})

test("two hundred steps are kept and no more", () => {
  let history = begin(0)
  for (let step = 1; step <= DEPTH + 50; step++) history = change(history, step)
  for (let step = 0; step < DEPTH + 50; step++) history = undo(history)
  expect(history.now).toBe(50)
})

test("undo at the beginning stays at the beginning", () => {
  expect(undo(begin("a")).now).toBe("a")
})
