import type { Times } from "./timer"

/**
 * The time on a screen, shared out among the items that were answered on it: each gets the same, and the sum is what
 * it was, to the millisecond. More would be invented: who looks over twenty lines looks at all of them.
 */
export function shares({ active_ms, wall_ms, first_ms }: Times, count: number): Times[] {
  return Array.from({ length: count }, (_, place) => ({
    active_ms: part(active_ms, count, place),
    wall_ms: part(wall_ms, count, place),
    first_ms: first_ms === null ? null : part(first_ms, count, place),
  }))
}

const part = (whole: number, count: number, place: number) =>
  Math.floor((whole * (place + 1)) / count) - Math.floor((whole * place) / count)
