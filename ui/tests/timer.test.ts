import { expect, test } from "vitest"
import { Timer } from "@/work/timer"

test("active time stops thirty seconds after the last input", () => {
  const timer = new Timer(0)
  timer.input(10_000)
  expect(timer.read(100_000)).toEqual({ wall_ms: 100_000, active_ms: 40_000, first_ms: null })
})

test("a hidden tab is not work", () => {
  const timer = new Timer(0)
  timer.hide(true, 5_000)
  timer.hide(false, 65_000)
  expect(timer.read(70_000).active_ms).toBe(10_000)
})

test("the first action is the first deed, not the first movement", () => {
  const timer = new Timer(0)
  timer.input(500)
  timer.act(2_000)
  timer.act(9_000)
  expect(timer.read(10_000).first_ms).toBe(2_000)
})

test("active time is never more than wall time", () => {
  const timer = new Timer(0)
  for (let now = 0; now <= 60_000; now += 700) timer.input(now)
  const { active_ms, wall_ms } = timer.read(60_000)
  expect(active_ms).toBe(wall_ms)
})
