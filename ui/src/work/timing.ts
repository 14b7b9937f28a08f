import { useEffect, useRef, useState } from "react"
import { Timer } from "./timer"

const INPUTS = ["keydown", "pointerdown", "pointermove", "wheel"] as const

/** The timer of the item on the desk, fed by what the person does. */
export function useTimer(): Timer {
  const timer = useRef<Timer>(null)
  timer.current ??= new Timer(performance.now())
  const one = timer.current
  useEffect(() => {
    const input = () => one.input(performance.now())
    const hide = () => one.hide(document.hidden, performance.now())
    for (const name of INPUTS) addEventListener(name, input, { passive: true })
    document.addEventListener("visibilitychange", hide)
    return () => {
      for (const name of INPUTS) removeEventListener(name, input)
      document.removeEventListener("visibilitychange", hide)
    }
  }, [one])
  return one
}

/** Whole active seconds, for the small clock. */
export function useSeconds(timer: Timer): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const every = setInterval(
      () => setSeconds(Math.floor(timer.read(performance.now()).active_ms / 1000)),
      1000,
    )
    return () => clearInterval(every)
  }, [timer])
  return seconds
}
