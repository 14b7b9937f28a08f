import type { ProgrammeRow, StandingWord } from "@/api/nouns"
import { t } from "@/app/i18n"
import { relative } from "@/lib/format"
import { Status, type Tone } from "./status"

const TONES: Record<StandingWord, Tone> = {
  empty: "dim",
  unrouted: "warn",
  late: "bad",
  held: "bad",
  behind: "warn",
  on_time: "ok",
  open: "accent",
  ungated: "warn",
  done: "ok",
}

/** Where a programme stands: a word with its reason, and the deadline it speaks of. */
export function StandingCell({ standing }: { standing: ProgrammeRow["standing"] }) {
  const { state, because, due_at } = standing
  return (
    <span className="standing">
      <span className="row tight">
        <Status tone={TONES[state]}>{t(`overview.state.${state}`)}</Status>
        {due_at !== null && <span className="dim">{t("work.due", { when: relative(due_at) })}</span>}
      </span>
      <small>{because}</small>
    </span>
  )
}
