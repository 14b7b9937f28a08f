import { Link } from "@tanstack/react-router"
import { t } from "@/app/i18n"

/** The rooms of a programme beside its own page, in the order of its work. */
const ROOMS = [
  "quality",
  "confidence",
  "anchoring",
  "accuracy",
  "economics",
  "human-only",
  "plan",
  "calibration",
  "sla",
  "statement",
  "briefs",
  "calendar",
  "health",
  "coverage",
  "digests",
  "raci",
  "sources",
  "lineage",
  "protection",
] as const

export function Rooms({ programme }: { programme: string }) {
  return (
    <nav className="rooms" aria-label={t("rooms.label")}>
      {ROOMS.map((room) => (
        <Link key={room} to={`/p/$programme/${room}`} params={{ programme }}>
          {t(`rooms.${room}`)}
        </Link>
      ))}
    </nav>
  )
}
