/** Undo within one item: immutable snapshots, because an answer is small and shares its structure. */
export interface History<T> {
  readonly past: readonly T[]
  readonly now: T
  readonly future: readonly T[]
}

export const DEPTH = 200

export const begin = <T>(now: T): History<T> => ({ past: [], now, future: [] })

/** A change; the same value is no change and leaves no trace. */
export function change<T>(history: History<T>, next: T): History<T> {
  if (Object.is(next, history.now)) return history
  return { past: [...history.past, history.now].slice(-DEPTH), now: next, future: [] }
}

export function undo<T>({ past, now, future }: History<T>): History<T> {
  const before = past.at(-1)
  if (before === undefined) return { past, now, future }
  return { past: past.slice(0, -1), now: before, future: [now, ...future] }
}

export function redo<T>({ past, now, future }: History<T>): History<T> {
  const [after, ...rest] = future
  if (after === undefined) return { past, now, future }
  return { past: [...past, now], now: after, future: rest }
}
