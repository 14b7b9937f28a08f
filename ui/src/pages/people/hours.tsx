import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { get } from "@/api/http"
import { t } from "@/app/i18n"
import { count, decimal } from "@/lib/format"
import { Status } from "@/parts/status"
import { Table } from "@/parts/table"
import { type Hours as Capped, workedOf } from "./cap"

interface Attending extends Capped {
  actor_id: string
  name: string
  zone: string | null
  weekly: number | null
  hours: number | null
  here: number | null
  away_until: string | null
}

interface Capacity {
  tier: number
  skill: string | null
  people: number
  declared: number
  hours: number | null
}

interface Roster {
  days: number
  rows: Attending[]
  capacity: Capacity[]
}

const hoursOf = (hours: number | null) => (hours === null ? t("person.none_declared") : decimal(hours, 1))

/** Who is there to work in the coming weeks, and the hours by tier and skill. */
export default function Hours({ programme }: { programme: string }) {
  const found = useQuery({
    queryKey: ["roster", programme],
    queryFn: () => get<Roster>(`/programmes/${programme}/roster`),
    retry: false,
  })
  if (!found.data) return null
  const { days, rows, capacity } = found.data
  return (
    <>
      <h2>{t("person.hours_ahead", { days })}</h2>
      <Table
        label={t("person.hours_ahead", { days })}
        rows={rows}
        columns={[
          {
            key: "name",
            title: t("people.name"),
            wide: true,
            cell: ({ actor_id, name, away_until, rests }) => (
              <>
                <Link to="/people/$actor" params={{ actor: actor_id }}>
                  {name}
                </Link>
                {away_until && <Status tone="warn">{t("person.away", { day: away_until })}</Status>}
                {rests && <Status tone="warn">{rests}</Status>}
              </>
            ),
          },
          { key: "zone", title: t("person.zone"), cell: ({ zone }) => zone ?? "–" },
          {
            key: "today",
            title: t("person.today"),
            number: true,
            cell: ({ worked, cap }) => workedOf(worked.day, cap.day),
          },
          { key: "hours", title: t("person.hours"), number: true, cell: ({ hours }) => hoursOf(hours) },
          { key: "here", title: t("person.here"), number: true, cell: ({ here }) => hoursOf(here) },
        ]}
        keyOf={({ actor_id }) => actor_id}
        empty={<p className="dim">{t("person.capacity_none")}</p>}
      />
      <h2>{t("person.capacity")}</h2>
      <Table
        label={t("person.capacity")}
        rows={capacity}
        columns={[
          { key: "tier", title: t("people.tier"), cell: ({ tier }) => `T${tier}` },
          { key: "skill", title: t("person.skill"), cell: ({ skill }) => skill ?? t("person.any") },
          {
            key: "declared",
            title: t("place.people"),
            cell: ({ declared, people }) =>
              t("person.declared", { declared: count(declared), people: count(people) }),
          },
          { key: "hours", title: t("person.hours"), number: true, cell: ({ hours }) => hoursOf(hours) },
        ]}
        keyOf={({ tier, skill }) => `${tier} ${skill}`}
        empty={<p className="dim">{t("person.capacity_none")}</p>}
      />
    </>
  )
}
