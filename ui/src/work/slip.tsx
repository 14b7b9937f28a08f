import { useEffect, useRef } from "react"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { Key } from "@/parts/key"

export type SlipKind = "skip" | "escalate" | "comment"

export const SKIP_REASONS = ["unclear_text", "wrong_language", "broken", "not_mine", "other"] as const

interface Props {
  readonly kind: SlipKind
  /** The question or the remark as far as it goes: it is the desk's, so that closing the strip loses nothing. */
  readonly words: string
  readonly onWords: (text: string) => void
  readonly close: () => void
  readonly skip: (reason: string) => void
  readonly escalate: () => void
}

/** A strip above the actions: a reason, a question or a remark. Never a dialog; the item stays in sight. */
export function Slip(props: Props) {
  useCommands([
    {
      id: "slip.close",
      title: t("slip.close"),
      keys: ["Escape"],
      scope: "work",
      run: props.close,
      always: true,
      quiet: true,
    },
  ])
  if (props.kind === "skip") return <Skip {...props} />
  return <Write key={props.kind} {...props} />
}

function Skip({ skip, close }: Props) {
  const first = useRef<HTMLButtonElement>(null)
  useEffect(() => first.current?.focus(), [])
  useCommands(
    SKIP_REASONS.map((reason, at) => ({
      id: `slip.${reason}`,
      title: t(`slip.skip.${reason}`),
      keys: [String(at + 1)],
      scope: "work",
      run: () => skip(reason),
      quiet: true,
    })),
  )
  return (
    <section className="slip" aria-label={t("slip.skip.title")}>
      <b>{t("slip.skip.title")}</b>
      {SKIP_REASONS.map((reason, at) => (
        <button
          key={reason}
          ref={at === 0 ? first : undefined}
          type="button"
          className="btn"
          onClick={() => skip(reason)}
        >
          {t(`slip.skip.${reason}`)} <kbd>{at + 1}</kbd>
        </button>
      ))}
      <span className="grow" />
      <button type="button" className="btn quiet" onClick={close}>
        {t("slip.close")} <Key of="slip.close" />
      </button>
    </section>
  )
}

function Write({ kind, words, onWords, close, escalate }: Props) {
  const field = useRef<HTMLTextAreaElement>(null)
  const asks = kind === "escalate"
  useEffect(() => field.current?.focus(), [])
  const finish = () => {
    if (!asks) return close()
    if (words.trim()) escalate()
    else field.current?.focus()
  }
  useCommands([
    {
      id: "slip.finish",
      title: t("slip.finish"),
      keys: ["mod+Enter"],
      scope: "work",
      run: finish,
      always: true,
      quiet: true,
    },
  ])
  return (
    <section className="slip" aria-label={t(asks ? "slip.escalate.title" : "slip.comment.title")}>
      <label>
        <b>{t(asks ? "slip.escalate.title" : "slip.comment.title")}</b>
        <textarea
          ref={field}
          rows={2}
          dir="auto"
          value={words}
          placeholder={t(asks ? "slip.escalate.hint" : "slip.comment.hint")}
          onChange={(event) => onWords(event.target.value)}
        />
      </label>
      <div className="slip-acts">
        <button type="button" className="btn primary" disabled={asks && !words.trim()} onClick={finish}>
          {t(asks ? "slip.escalate.send" : "slip.comment.keep")} <Key of="slip.finish" />
        </button>
        <button type="button" className="btn quiet" onClick={close}>
          {t("slip.close")} <Key of="slip.close" />
        </button>
      </div>
    </section>
  )
}
