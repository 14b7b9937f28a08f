import { t } from "@/app/i18n"
import { relative } from "@/lib/format"
import { Status, type Tone } from "@/parts/status"
import type { BriefRow, BriefState } from "./types"

const TONES: Record<BriefState, Tone> = {
  open: "bad",
  in_work: "accent",
  waiting: "warn",
  closed: "ok",
  waived: "dim",
}

/** Where a brief stands. */
export const BriefStatus = ({ state }: { state: BriefState }) => (
  <Status tone={TONES[state]}>{t(`briefs.state.${state}`)}</Status>
)

/** When it is due, while somebody still repairs it. */
export function Due({ brief: { state, due_at, overdue } }: { brief: BriefRow }) {
  if (state === "closed" || state === "waived") return null
  return overdue ? (
    <Status tone="bad">{t("briefs.overdue", { when: relative(due_at) })}</Status>
  ) : (
    <span className="dim">{t("briefs.due", { when: relative(due_at) })}</span>
  )
}

/** How it is repaired, and how often it came back. */
export function Marks({ brief: { remedy, relapses } }: { brief: BriefRow }) {
  return (
    <>
      {remedy && <span className="chip">{t(`briefs.remedy.${remedy}` as "briefs.remedy.relabel")}</span>}
      {relapses > 0 && <span className="chip">{t("briefs.relapses", { count: relapses })}</span>}
    </>
  )
}
