import { useCallback, useRef } from "react"

/** What is called now, behind a function that stays the same: rows that are given it need not be drawn again. */
export function useLatest<A extends readonly unknown[]>(run: ((...given: A) => void) | undefined) {
  const latest = useRef(run)
  latest.current = run
  return useCallback((...given: A) => latest.current?.(...given), [])
}
