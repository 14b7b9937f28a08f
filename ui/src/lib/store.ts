import { useSyncExternalStore } from "react"

/** A value outside React that components may watch. */
export interface Store<T> {
  get(): T
  set(next: T | ((now: T) => T)): void
  watch(listener: () => void): () => void
}

export function store<T>(initial: T): Store<T> {
  let now = initial
  const listeners = new Set<() => void>()
  return {
    get: () => now,
    set(next) {
      const value = typeof next === "function" ? (next as (now: T) => T)(now) : next
      if (Object.is(value, now)) return
      now = value
      for (const listener of listeners) listener()
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export const useStore = <T>(source: Store<T>): T => useSyncExternalStore(source.watch, source.get)

/** A store that the browser remembers. What cannot be read, or is full, counts as the initial value. */
export function remembered<T>(name: string, initial: T): Store<T> {
  const key = `goldloop.${name}`
  const kept = store<T>(read(key, initial))
  kept.watch(() => write(key, kept.get()))
  return kept
}

function read<T>(key: string, initial: T): T {
  try {
    const text = localStorage.getItem(key)
    return text === null ? initial : (JSON.parse(text) as T)
  } catch {
    return initial
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // A preference that cannot be kept is not worth interrupting anybody's work.
  }
}
