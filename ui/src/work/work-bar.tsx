import { IconClock, IconEyeOff, IconList } from "@tabler/icons-react"
import { useNavigate } from "@tanstack/react-router"
import { memo } from "react"
import type { Assignment } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { TopBar } from "@/app/top-bar"
import { clock, count, relative } from "@/lib/format"
import { Key } from "@/parts/key"
import { AnswersChip } from "./answers-chip"
import type { Timer } from "./timer"
import { useSeconds } from "./timing"

interface Props {
  readonly work: Assignment
  readonly timer: Timer
  readonly unchecked: number
  readonly done: number
  readonly open: number | null
}

/** The bar above the desk; what is typed or marked below leaves it as it is. */
export const WorkBar = memo(function WorkBar({ work, timer, unchecked, done, open }: Props) {
  const seconds = useSeconds(timer)
  const go = useNavigate()
  const verifies = work.queue === "verify"
  const many = () =>
    void go({ to: "/work", search: { programme: work.programme_id, queue: "verify", view: "many" } })
  useCommands(
    verifies ? [{ id: "work.many", title: t("bulk.many"), keys: ["m"], scope: "work", run: many }] : [],
  )
  const total = open === null ? null : open + done
  return (
    <TopBar
      crumbs={
        <h1>
          {work.programme} <span aria-hidden>/</span> <b>{t(`queue.${work.queue}`)}</b>
        </h1>
      }
    >
      <span className="chip accent">{t("work.tier", { tier: work.tier })}</span>
      {unchecked > 0 && <span className="chip warn">{t("work.to_check", { count: unchecked })}</span>}
      {work.due_at !== null && <span className="chip">{t("work.due", { when: relative(work.due_at) })}</span>}
      {!work.cacheable && (
        <span className="chip" title={t("desk.memory_only_why")}>
          <IconEyeOff size={14} aria-hidden /> {t("desk.memory_only")}
          <span className="sr-only">{t("desk.memory_only_why")}</span>
        </span>
      )}
      <AnswersChip />
      {verifies && (
        <button type="button" className="chip as-button" onClick={many}>
          <IconList size={14} aria-hidden /> {t("bulk.many")} <Key of="work.many" />
        </button>
      )}
      <span className="grow" />
      {total !== null && total > 0 && (
        <progress value={done} max={total} aria-label={t("work.progress")} title={t("work.progress_hint")} />
      )}
      <span className="num dim">
        {open === null
          ? t("work.done", { count: done })
          : t("work.done_of", { done: count(done), open: count(open) })}
      </span>
      <span className="chip num" title={t("work.active_time")}>
        <IconClock size={14} aria-hidden /> {clock(seconds)}
      </span>
    </TopBar>
  )
})
