import "@/styles/people.css"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { useState } from "react"
import { del, get, post, putTo, Refusal } from "@/api/http"
import type { Role } from "@/api/nouns"
import { useMe } from "@/api/session"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, decimal, moment } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"
import { Table } from "@/parts/table"
import { Cap, type Hours } from "./cap"

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const
type Day = (typeof DAYS)[number]

interface Leave {
  id: string
  first_day: string
  last_day: string
}

interface Seat {
  programme_id: string
  programme: string
  role: Role
  tiers: number[]
}

interface PersonPage extends Hours {
  id: string
  name: string
  display_name: string
  organisation: string
  simulated: boolean
  disabled_at: number | null
  zone: string | null
  week: Partial<Record<Day, string[]>> | null
  weekly: number | null
  ahead: { day: string; hours: number }[]
  away_until: string | null
  leave: Leave[]
  seats: Seat[]
}

interface Offboarded {
  sessions: number
  tokens: number
  works: number
  seats: Seat[]
  handed_over: string[]
  kept: string[]
  resting: string[]
}

const refusal = (error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error))

/** A person as their managers see them: when they work, when they are away, and where; never across a client's wall. */
export default function Person() {
  const { actor = "" } = useParams({ strict: false }) as { actor?: string }
  const me = useMe().data
  const queries = useQueryClient()
  const [asking, setAsking] = useState<"leave" | "offboard" | null>(null)
  const path = `/people/${encodeURIComponent(actor)}`
  const key = ["person", actor]
  const page = useQuery({ queryKey: key, queryFn: () => get<PersonPage>(path), retry: false })
  const person = page.data
  const crumbs = [
    ...(actor === me?.actor.id ? [] : [{ text: t("place.people"), to: "/people" }]),
    { text: person?.display_name ?? t("person.person") },
  ]
  const fresh = () => queries.invalidateQueries({ queryKey: key })
  if (page.error || !person) {
    return (
      <Page crumbs={crumbs}>
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </Page>
    )
  }
  const offboard = async () => {
    const done = await del<Offboarded>(path)
    tell(
      t("person.offboarded", {
        sessions: count(done.sessions),
        tokens: count(done.tokens),
        works: count(done.works),
        seats: count(done.seats.length),
        handed: count(done.handed_over.length),
        kept: count(done.kept.length),
        resting: count(done.resting.length),
      }),
    )
    await fresh()
  }
  const takeBack = () =>
    post(`${path}/return`)
      .then(() => tell(t("person.came_back")))
      .then(fresh)
      .catch(refusal)
  return (
    <Page
      crumbs={crumbs}
      actions={
        me?.owner &&
        (person.disabled_at === null ? (
          <button type="button" className="btn" onClick={() => setAsking("offboard")}>
            {t("person.offboard")}
          </button>
        ) : (
          <button type="button" className="btn" onClick={() => void takeBack()}>
            {t("person.take_back")}
          </button>
        ))
      }
    >
      <h1>
        {person.display_name}
        <small className="dim">
          {t("person.about", { organisation: person.organisation, name: person.name })}
        </small>
      </h1>
      <p className="row">
        {person.simulated && <span className="chip">{t("people.simulated")}</span>}
        {person.disabled_at !== null && (
          <Status tone="dim">{t("person.left", { when: moment(person.disabled_at) })}</Status>
        )}
        {person.away_until && <Status tone="warn">{t("person.away", { day: person.away_until })}</Status>}
      </p>
      <Week key={JSON.stringify([person.zone, person.week])} person={person} path={path} done={fresh} />
      <Cap key={JSON.stringify(person.cap)} {...person} path={path} done={fresh} />
      <h2>{t("person.leave")}</h2>
      <p className="dim">{t("person.leave_what")}</p>
      <div className="row toolbar">
        <button type="button" className="btn" onClick={() => setAsking("leave")}>
          {t("person.leave_add")}
        </button>
      </div>
      <Table
        label={t("person.leave")}
        rows={person.leave}
        columns={[
          { key: "first_day", title: t("person.first_day"), cell: ({ first_day }) => first_day },
          { key: "last_day", title: t("person.last_day"), cell: ({ last_day }) => last_day },
          {
            key: "act",
            title: t("table.act"),
            cell: ({ id }) => (
              <button
                type="button"
                className="btn small quiet"
                onClick={() => void del(`${path}/leave/${id}`).then(fresh).catch(refusal)}
              >
                {t("person.back")}
              </button>
            ),
          },
        ]}
        keyOf={({ id }) => id}
        empty={<p className="dim">{t("person.leave_none")}</p>}
      />
      <h2>{t("person.seats")}</h2>
      <Table
        label={t("person.seats")}
        rows={person.seats}
        columns={[
          {
            key: "programme",
            title: t("place.programmes"),
            wide: true,
            cell: ({ programme }) => (
              <Link to="/p/$programme" params={{ programme }}>
                {programme}
              </Link>
            ),
          },
          { key: "role", title: t("people.role"), cell: ({ role }) => t(`role.${role}`) },
          {
            key: "tiers",
            title: t("people.tiers"),
            cell: ({ tiers }) => tiers.map((tier) => `T${tier}`).join(" ") || "–",
          },
        ]}
        keyOf={({ programme_id, role }) => `${programme_id} ${role}`}
        empty={<p className="dim">{t("person.seats_none")}</p>}
      />
      {asking === "leave" && <NoteLeave path={path} close={() => setAsking(null)} done={fresh} />}
      {asking === "offboard" && (
        <Ask
          title={t("person.offboard_whom", { name: person.display_name })}
          act={t("person.offboard")}
          close={() => setAsking(null)}
          run={offboard}
        >
          <p>{t("person.offboard_what")}</p>
        </Ask>
      )}
    </Page>
  )
}

interface WeekProps {
  readonly person: PersonPage
  readonly path: string
  readonly done: () => Promise<unknown>
}

const stretches = (text: string) =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean)

function Week({ person, path, done }: WeekProps) {
  const [zone, setZone] = useState(person.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
  const [week, setWeek] = useState<Record<Day, string>>(
    () =>
      Object.fromEntries(DAYS.map((day) => [day, (person.week?.[day] ?? []).join(", ")])) as Record<
        Day,
        string
      >,
  )
  const [error, setError] = useState<unknown>(null)
  const save = async () => {
    setError(null)
    const filled = DAYS.map((day) => [day, stretches(week[day])] as const).filter(([, hours]) => hours.length)
    try {
      await putTo(`${path}/roster`, { zone, week: Object.fromEntries(filled) })
      tell(t("person.saved"))
      await done()
    } catch (refused) {
      setError(refused)
    }
  }
  const longest = Math.max(1, ...person.ahead.map(({ hours }) => hours))
  return (
    <section aria-labelledby="week-title">
      <h2 id="week-title">
        {t("person.roster")}{" "}
        {person.weekly !== null && (
          <small className="dim">{t("person.weekly", { hours: decimal(person.weekly, 1) })}</small>
        )}
      </h2>
      <p className="dim">
        {person.week === null && t("person.roster_none")} {t("person.hours_hint")}
      </p>
      <form
        className="roster"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        {DAYS.map((day) => (
          <label key={day} className="field">
            {t(`person.day.${day}`)}
            <input
              type="text"
              value={week[day]}
              onChange={(event) => setWeek((now) => ({ ...now, [day]: event.target.value }))}
            />
          </label>
        ))}
        <label className="field">
          {t("person.zone")}
          <input type="text" value={zone} onChange={(event) => setZone(event.target.value)} required />
        </label>
        <button type="submit" className="btn primary">
          {t("person.save")}
        </button>
      </form>
      {error !== null && <Problem error={error} />}
      {person.ahead.length > 0 && (
        <>
          <h2>{t("person.ahead")}</h2>
          <ol className="hours-ahead">
            {person.ahead.map(({ day, hours }) => (
              <li key={day}>
                <span>{day.slice(5)}</span>
                <meter min={0} max={longest} value={hours} aria-label={`${day}: ${decimal(hours, 1)}`} />
                <span className="num">{decimal(hours, 1)}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  )
}

function NoteLeave({ path, close, done }: { path: string; close: () => void; done: () => Promise<unknown> }) {
  const [first, setFirst] = useState("")
  const [last, setLast] = useState("")
  return (
    <Ask
      title={t("person.leave_add")}
      act={t("person.leave_add")}
      close={close}
      run={() => post(`${path}/leave`, { first_day: first, last_day: last || first }).then(done)}
      disabled={!first}
    >
      <p>{t("person.leave_what")}</p>
      <label className="field">
        {t("person.first_day")}
        <input type="date" value={first} onChange={(event) => setFirst(event.target.value)} required />
      </label>
      <label className="field">
        {t("person.last_day")}
        <input type="date" value={last} min={first} onChange={(event) => setLast(event.target.value)} />
      </label>
    </Ask>
  )
}
