import "@/styles/rhythm.css"
import { IconCalendarDown, IconChevronLeft, IconChevronRight } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, moment, relative } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Filters } from "@/parts/filters"
import { Problem } from "@/parts/problem"
import { Status, type Tone } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { dayName, dayNumber, monthName, monthOf, today, weekday, weeksOf } from "./days"
import { type CalendarView, DUTY_STATES, type Duty, type DutyState, KINDS } from "./types"

interface Search {
  readonly month?: string
  readonly kind?: string
  readonly state?: string
}

const MONTH = /^\d{4}-\d{2}-01$/
const SHOWN = 3
const TONES: Record<DutyState, Tone> = { lapsed: "bad", due: "accent", done: "ok" }

/** What a programme owes, by day; without a programme, what one answers for oneself in all of them. */
export default function CalendarRoom() {
  const { programme } = useParams({ strict: false }) as { programme?: string }
  const { month: asked, kind, state } = useSearch({ strict: false }) as Search
  const month = asked && MONTH.test(asked) ? asked : monthOf(today())
  const weeks = weeksOf(month)
  const path = programme ? `/programmes/${encodeURIComponent(programme)}/calendar` : "/me/calendar"
  const window = { since: weeks[0]?.[0], until: weeks.at(-1)?.at(-1), kind, state }
  const page = useQuery({
    queryKey: ["calendar", programme ?? null, window],
    queryFn: () => get<CalendarView>(path, window),
    placeholderData: (before) => before,
    refetchInterval: 60_000,
  })
  const go = useNavigate()
  const turn = (months: number) =>
    void go({ to: ".", search: (now: object) => ({ ...now, month: monthOf(month, months) }) })
  const rows = page.data?.rows
  const crumbs = programme
    ? [
        { text: t("place.programmes"), to: "/" },
        { text: programme, to: `/p/${programme}` },
        { text: t("calendar.title") },
      ]
    : [{ text: t("me.place"), to: "/me" }, { text: t("calendar.mine") }]
  return (
    <Page
      crumbs={crumbs}
      actions={
        <a className="btn" href={address(path, { ...window, format: "ics" })} download>
          <IconCalendarDown size={16} aria-hidden /> {t("calendar.file")}
        </a>
      }
    >
      <h1>
        {programme ? t("calendar.title") : t("calendar.mine")}
        <small className="dim">{programme ? t("calendar.about") : t("calendar.mine_about")}</small>
      </h1>
      <div className="calendar-head">
        <button
          type="button"
          className="btn quiet"
          aria-label={t("calendar.before")}
          onClick={() => turn(-1)}
        >
          <IconChevronLeft size={16} aria-hidden />
        </button>
        <h2>{monthName(month)}</h2>
        <button type="button" className="btn quiet" aria-label={t("calendar.after")} onClick={() => turn(1)}>
          <IconChevronRight size={16} aria-hidden />
        </button>
        {page.data && <Counts {...page.data} />}
      </div>
      <Filters
        fields={[
          ["kind", t("calendar.what"), KINDS.map((one) => [one, t(`calendar.kind.${one}`)] as const)],
          ["state", t("calendar.state"), DUTY_STATES.map((one) => [one, t(`calendar.${one}`)] as const)],
        ]}
      />
      {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      {rows && <Month weeks={weeks} month={month} rows={rows} everywhere={!programme} />}
      {rows && (
        <Table
          label={t("calendar.all")}
          rows={rows}
          columns={columns(!programme)}
          keyOf={({ programme, key, due_at }) => `${programme}.${key}.${due_at}`}
          csv={address(path, { ...window, format: "csv" })}
          loading={page.isFetching}
          empty={<Empty title={t("calendar.none")} because={t("calendar.none_because")} />}
          keys
        />
      )}
    </Page>
  )
}

/** How many stand in each state, in words, and on whose clock the days are. */
function Counts({ counts, zone }: CalendarView) {
  return (
    <p className="calendar-counts">
      {DUTY_STATES.filter((one) => counts[one] > 0).map((one) => (
        <Status key={one} tone={TONES[one]}>
          {`${count(counts[one])} ${t(`calendar.${one}`)}`}
        </Status>
      ))}
      <span className="dim">{t("calendar.zone", { zone })}</span>
    </p>
  )
}

interface MonthProps {
  readonly weeks: readonly (readonly string[])[]
  readonly month: string
  readonly rows: readonly Duty[]
  readonly everywhere: boolean
}

/** The month as a table of weeks; what lapsed before it and still waits is in the list below. */
function Month({ weeks, month, rows, everywhere }: MonthProps) {
  const now = today()
  const end = monthOf(month, 1)
  return (
    <table className="calendar-month">
      <caption className="sr-only">{monthName(month)}</caption>
      <thead>
        <tr>
          {(weeks[0] ?? []).map((day) => (
            <th key={day} scope="col">
              {weekday(day)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]}>
            {week.map((day) => {
              const inside = day >= month && day < end
              const mine = rows.filter((one) => one.day === day)
              return (
                <td
                  key={day}
                  className={`${inside ? "" : "outside"} ${day === now ? "now" : ""}`}
                  aria-current={day === now ? "date" : undefined}
                >
                  <time dateTime={day} title={dayName(day)}>
                    {dayNumber(day)}
                  </time>
                  {mine.slice(0, SHOWN).map((one) => (
                    <Chip key={`${one.programme}.${one.key}`} duty={one} everywhere={everywhere} />
                  ))}
                  {mine.length > SHOWN && (
                    <small className="dim">{t("calendar.more", { n: count(mine.length - SHOWN) })}</small>
                  )}
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Chip({ duty, everywhere }: { duty: Duty; everywhere: boolean }) {
  const { href, title, state, programme, because, people } = duty
  const whose = people.length > 0 ? `${people.join(", ")}: ` : ""
  return (
    <Link to={href} className={`duty ${state}`} title={`${title}: ${because}`}>
      <b>{t(`calendar.${state}`)}</b> {everywhere && `${programme}: `}
      {whose}
      {title}
    </Link>
  )
}

const columns = (everywhere: boolean): Column<Duty>[] => [
  {
    key: "due",
    title: t("calendar.day"),
    by: ({ due_at }) => due_at,
    cell: ({ day, due_at }) => (
      <span className="calendar-day" title={moment(due_at)}>
        {day} <small className="dim">{relative(due_at)}</small>
      </span>
    ),
  },
  {
    key: "state",
    title: t("calendar.state"),
    by: ({ state }) => DUTY_STATES.indexOf(state),
    cell: ({ state }) => <Status tone={TONES[state]}>{t(`calendar.${state}`)}</Status>,
  },
  ...(everywhere
    ? [
        {
          key: "programme",
          title: t("calendar.programme"),
          by: ({ programme }: Duty) => programme,
          cell: ({ programme }: Duty) => programme,
        },
      ]
    : []),
  {
    key: "kind",
    title: t("calendar.what"),
    by: ({ kind }) => kind,
    cell: ({ kind }) => t(`calendar.kind.${kind}`),
  },
  {
    key: "title",
    title: t("calendar.duty"),
    by: ({ title }) => title,
    wide: true,
    cell: ({ title, because, href, people }) => (
      <>
        <Link to={href} className="strong">
          {people.length > 0 ? `${people.join(", ")}: ${title}` : title}
        </Link>
        <small className="clip-2">{because}</small>
      </>
    ),
  },
  {
    key: "accountable",
    title: t("calendar.accountable"),
    by: ({ accountable }) => accountable,
    cell: ({ accountable }) => accountable,
  },
]
