import type { ProgrammeRow } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, decimal } from "@/lib/format"

/** How many items are decided a day, against what the deadlines need. */
export function Pace({ row }: { row: Pick<ProgrammeRow, "pace"> }) {
  const { decided, days, needed_a_day } = row.pace
  const needed =
    needed_a_day === null
      ? t("overview.no_deadline")
      : t("overview.needed", { needed: count(Math.ceil(needed_a_day)) })
  return (
    <span className="evidence-cell">
      <b className="num">
        {t("overview.per_day", { pace: decimal(decided / days, decided < 10 * days ? 1 : 0) })}
      </b>
      <small>
        {[needed, t("overview.pace_counted", { decided: count(decided), count: days })].join(" · ")}
      </small>
    </span>
  )
}
