import { Link } from "@tanstack/react-router"
import { t } from "@/app/i18n"

/** The rooms of a programme beside its own page, by what somebody comes for. */
const ROOMS = {
  labels: ["quality", "accuracy", "anchoring", "confidence", "human-only", "calibration", "coverage"],
  standing: ["health", "calendar", "briefs", "digests", "raci"],
  money: ["plan", "economics", "sla", "statement"],
  data: ["sources", "lineage", "protection"],
} as const

export function Rooms({ programme }: { programme: string }) {
  return (
    <nav className="rooms" aria-label={t("rooms.label")}>
      {(Object.keys(ROOMS) as (keyof typeof ROOMS)[]).map((group) => (
        <p key={group}>
          <span className="dim">{t(`rooms.of.${group}`)}</span>
          {ROOMS[group].map((room) => (
            <Link key={room} to={`/p/$programme/${room}`} params={{ programme }}>
              {t(`rooms.${room}`)}
            </Link>
          ))}
        </p>
      ))}
    </nav>
  )
}
