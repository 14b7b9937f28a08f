import "@/styles/guarded.css"
import { useEffect, useId, useLayoutEffect, useState } from "react"
import { t } from "@/app/i18n"
import { store, useStore } from "@/lib/store"
import { guard, moment, tile } from "./guard"
import { tell } from "./notice"

const MINUTE = 60_000

/** The marks that stand over this page, each for whatever part of it shows items. */
const standing = store<readonly { readonly id: string; readonly mark: string }[]>([])

interface Props {
  readonly mark: string | null | undefined
}

/**
 * Over items that are read and not taken out: who reads and when, legible in a photograph; copying, printing and saving
 * are hindered while it stands. It hinders a person, not a program. Several parts of a page may ask for it: it is drawn
 * once, with every mark that is asked for.
 */
export function Guarded({ mark }: Props) {
  const id = useId()
  useLayoutEffect(() => {
    if (!mark) return
    standing.set((now) => [...now, { id, mark }])
    return () => standing.set((now) => now.filter((one) => one.id !== id))
  }, [id, mark])
  const all = useStore(standing)
  if (all[0]?.id !== id) return null
  return <Watermark mark={[...new Set(all.map((one) => one.mark))].join(" · ")} />
}

function Watermark({ mark }: { mark: string }) {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const ticking = setInterval(() => setNow(new Date()), MINUTE)
    const root = document.documentElement
    root.dataset.guarded = ""
    const stop = guard(() => tell(t("workspace.no_copy")))
    return () => {
      clearInterval(ticking)
      delete root.dataset.guarded
      stop()
    }
  }, [])
  return (
    <div
      className="watermark"
      aria-hidden="true"
      data-mark-of={mark}
      style={{ maskImage: `url("${tile(mark, moment(now))}")` }}
    />
  )
}

/** The marks of rows of several programmes, each once. */
export function GuardedRows({ rows }: { rows: readonly Partial<Props>[] }) {
  const marks = new Set(rows.flatMap(({ mark }) => mark ?? []))
  return [...marks].map((mark) => <Guarded key={mark} mark={mark} />)
}
