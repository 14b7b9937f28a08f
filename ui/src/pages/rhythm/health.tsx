import "@/styles/rhythm.css"
import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, decimal, moment, money, percent } from "@/lib/format"
import { Problem } from "@/parts/problem"
import { Status, type Tone } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { HEALTH_STATES, type Health, type HealthState, type Vital } from "./types"

const TONES: Record<HealthState, Tone> = {
  unhealthy: "bad",
  "in doubt": "warn",
  unknown: "dim",
  healthy: "ok",
}

/** How a programme stands: every number of it, held against its bar, with the page behind it. */
export default function HealthRoom() {
  const { programme = "" } = useParams({ strict: false }) as { programme?: string }
  const path = `/programmes/${encodeURIComponent(programme)}/health`
  const page = useQuery({
    queryKey: ["health", programme],
    queryFn: () => get<Health>(path),
    refetchInterval: 60_000,
  })
  return (
    <Page
      crumbs={[
        { text: t("place.programmes"), to: "/" },
        { text: programme, to: `/p/${programme}` },
        { text: t("programme_health.title") },
      ]}
      actions={
        <Link className="btn" to="/p/$programme/calendar" params={{ programme }}>
          {t("calendar.title")}
        </Link>
      }
    >
      <h1>
        {t("programme_health.title")}
        <small className="dim">{t("programme_health.about")}</small>
      </h1>
      {page.data && (
        <p className="calendar-counts start">
          {HEALTH_STATES.filter((one) => (page.data.counts[one] ?? 0) > 0).map((one) => (
            <Status key={one} tone={TONES[one]}>
              {`${count(page.data.counts[one])} ${t(`programme_health.${one}`)}`}
            </Status>
          ))}
          <span className="dim">{t("programme_health.as_of", { when: moment(page.data.as_of) })}</span>
        </p>
      )}
      {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      <Table
        label={t("programme_health.title")}
        rows={page.data?.rows}
        columns={columns(page.data?.currency ?? "EUR")}
        keyOf={({ key }) => key}
        csv={address(path, { format: "csv" })}
        loading={page.isFetching}
        empty={null}
        keys
      />
    </Page>
  )
}

/** A number in its unit. */
function inUnit(value: number, unit: Vital["unit"], currency: string): string {
  if (unit === "share") return percent(value)
  if (unit === "count") return count(value)
  if (unit === "money") return money(value, currency)
  if (unit === "moment") return moment(value)
  return decimal(value)
}

const columns = (currency: string): Column<Vital>[] => [
  {
    key: "about",
    title: t("programme_health.number"),
    wide: true,
    cell: ({ about, because, value, href }) => (
      <>
        <Link to={href} className="strong">
          {about}
        </Link>
        {because && value !== null && <small className="clip-2">{because}</small>}
      </>
    ),
  },
  {
    key: "state",
    title: t("programme_health.state"),
    by: ({ state }) => HEALTH_STATES.indexOf(state),
    cell: ({ state }) => <Status tone={TONES[state]}>{t(`programme_health.${state}`)}</Status>,
  },
  {
    key: "value",
    title: t("programme_health.value"),
    cell: (one) => <Value vital={one} currency={currency} />,
  },
  {
    key: "bar",
    title: t("programme_health.bar"),
    cell: ({ bar, unit }) =>
      bar === null ? (
        <span className="dim">–</span>
      ) : (
        <span className="num">{inUnit(bar, unit, currency)}</span>
      ),
  },
]

/** The number with its interval and denominator, or why there is none. */
function Value({ vital, currency }: { vital: Vital; currency: string }) {
  const { value, low, high, level, unit, n, eligible, method, because } = vital
  const of =
    n === eligible
      ? t("evidence.n", { n: count(n) })
      : t("evidence.n_of", { n: count(n), eligible: count(eligible) })
  return (
    <span className="evidence-cell" title={method}>
      {value === null ? (
        <span className="dim">{because}</span>
      ) : (
        <b className="num">{inUnit(value, unit, currency)}</b>
      )}
      {value !== null && low !== null && high !== null && level !== null && (
        <small className="dim num">
          {t("evidence.interval", {
            level: percent(level, 0),
            low: inUnit(low, unit, currency),
            high: inUnit(high, unit, currency),
          })}
        </small>
      )}
      <small className="dim num">{of}</small>
    </span>
  )
}
