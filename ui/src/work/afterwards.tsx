import "@/styles/afterwards.css"
import type { ReactNode } from "react"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { Key } from "@/parts/key"

interface Props {
  readonly title: string
  /** What closes it, in words. */
  readonly go: string
  readonly close: () => void
  readonly act?: ReactNode
  readonly children: ReactNode
}

/** What is said of an answer after it went. It stands over the actions and stops nobody: the next item is on the desk. */
export function Afterwards({ title, go, close, act, children }: Props) {
  useCommands([
    {
      id: "afterwards.close",
      title: t("after.close"),
      keys: ["Escape"],
      scope: "work",
      first: true,
      run: close,
    },
  ])
  return (
    <section className="afterwards" aria-label={title}>
      <div role="status">
        <b>{title}</b>
        {children}
      </div>
      <div className="row">
        {act}
        <span className="grow" />
        <button type="button" className="btn" onClick={close}>
          {go} <Key of="afterwards.close" />
        </button>
      </div>
    </section>
  )
}
