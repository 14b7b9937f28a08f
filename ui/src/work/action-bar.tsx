import type { Assignment } from "@/api/nouns"
import { keyShown, runCommand, useCommandList } from "@/app/commands"
import { t } from "@/app/i18n"

interface Props {
  readonly work: Assignment
  readonly hasComment: boolean
  /** A question was begun and not asked yet. */
  readonly hasQuestion: boolean
  readonly flagged: boolean
}

/** What can be done, with its keys, at the foot of the desk. */
export function ActionBar({ work, hasComment, hasQuestion, flagged }: Props) {
  const verify = work.queue === "verify"
  return (
    <section className="actions" aria-label={t("work.actions")}>
      <Action id="work.accept" tone={verify ? "ok" : ""} />
      <Action id="work.reject" tone={verify ? "bad" : ""} />
      {work.queue === "review" && <Action id="review.take" tone="" />}
      <Action id="work.undo" tone="quiet" />
      <span className="grow" />
      <Action id="work.flag" tone={flagged ? "marked" : "quiet"} pressed={flagged} />
      <Action id="work.comment" tone={hasComment ? "marked" : "quiet"} />
      <Action id="work.escalate" tone={hasQuestion ? "marked" : "quiet"} />
      <Action id="work.skip" tone="quiet" />
      <Action id="work.submit" tone="primary" />
    </section>
  )
}

interface ActionProps {
  readonly id: string
  readonly tone: string
  readonly pressed?: boolean
}

/** One command as a button with its key. */
export function Action({ id, tone, pressed }: ActionProps) {
  const command = useCommandList().find((one) => one.id === id)
  if (!command || (id !== "work.undo" && command.when && !command.when())) return null
  const keys = keyShown(command)
  return (
    <button
      type="button"
      className={`btn ${tone}`}
      aria-pressed={pressed}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => runCommand(id)}
    >
      {command.title}
      {keys && <kbd>{keys}</kbd>}
    </button>
  )
}
