import "@/styles/guarded.css"
import { useEffect, useState } from "react"
import { t } from "@/app/i18n"
import { guard, moment, tile } from "./guard"
import { tell } from "./notice"

const MINUTE = 60_000

/**
 * Over items that are read and not taken out: who reads and when, legible in a photograph; copying, printing and saving
 * are hindered while it stands. It hinders a person, not a program.
 */
export function Guarded({ mark }: { mark: string | null | undefined }) {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    if (!mark) return
    const ticking = setInterval(() => setNow(new Date()), MINUTE)
    const root = document.documentElement
    root.dataset.guarded = ""
    const stop = guard(() => tell(t("workspace.no_copy")))
    return () => {
      clearInterval(ticking)
      delete root.dataset.guarded
      stop()
    }
  }, [mark])
  if (!mark) return null
  return (
    <div
      className="watermark"
      aria-hidden="true"
      data-mark-of={mark}
      style={{ maskImage: `url("${tile(mark, moment(now))}")` }}
    />
  )
}
