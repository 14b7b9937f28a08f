import { useCallback, useMemo, useState } from "react"
import type { Command } from "@/app/commands"
import { t } from "@/app/i18n"
import { readsLeftwards } from "@/lib/direction"
import { type Stretch, words } from "@/lib/words"

interface Place {
  /** Index of the word where it began, and where it is now. */
  readonly anchor: number
  readonly focus: number
}

export interface WordCursor {
  readonly stretch: Stretch | null
  readonly clear: () => void
  readonly commands: readonly Command[]
  readonly words: readonly Stretch[]
}

/** A cursor that steps over words: everything that a mouse selection can do, by keys. */
export function useWordCursor(text: string, from: number | null, onMove: () => void): WordCursor {
  const list = useMemo(() => words(text), [text])
  const [place, setPlace] = useState<Place | null>(null)
  const clear = useCallback(() => setPlace(null), [])

  const step = (by: number, extend: boolean) => {
    onMove()
    setPlace((now) => {
      if (list.length === 0) return null
      const clamp = (at: number) => Math.max(0, Math.min(list.length - 1, at))
      if (!now) {
        const near = from === null ? -1 : list.findIndex(({ end }) => end > from)
        const at = near >= 0 ? near : by > 0 ? 0 : list.length - 1
        return { anchor: at, focus: at }
      }
      const focus = clamp(now.focus + by)
      return extend ? { ...now, focus } : { anchor: focus, focus }
    })
  }
  /** Arrows go where they point, also where the text reads from right to left. */
  const point = (by: number, extend: boolean) => {
    const here = list[place?.focus ?? 0]?.start ?? from ?? 0
    step(readsLeftwards(text, here) ? -by : by, extend)
  }
  const jump = (to: number) => {
    onMove()
    setPlace(list.length ? { anchor: to, focus: to } : null)
  }
  const command = (id: string, title: string, keys: string, run: () => void): Command => ({
    id: `text.${id}`,
    title,
    keys: [keys],
    scope: "text",
    run,
  })
  const low = place && list[Math.min(place.anchor, place.focus)]
  const high = place && list[Math.max(place.anchor, place.focus)]
  const start = low?.start
  const end = high?.end
  const stretch = useMemo(
    () => (start === undefined || end === undefined ? null : { start, end }),
    [start, end],
  )
  return {
    words: list,
    stretch,
    clear,
    commands: [
      command("right", t("text.right"), "ArrowRight", () => point(1, false)),
      command("left", t("text.left"), "ArrowLeft", () => point(-1, false)),
      command("extend", t("text.extend"), "shift+ArrowRight", () => point(1, true)),
      command("shrink", t("text.shrink"), "shift+ArrowLeft", () => point(-1, true)),
      command("forward", t("text.forward"), "mod+ArrowRight", () => point(8, false)),
      command("backward", t("text.backward"), "mod+ArrowLeft", () => point(-8, false)),
      command("first", t("text.first"), "Home", () => jump(0)),
      command("last", t("text.last"), "End", () => jump(list.length - 1)),
    ],
  }
}
