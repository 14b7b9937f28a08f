import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { get, post, Refusal } from "@/api/http"
import type { Evidence, Programme } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, decimal } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { type Measured, MeasuredCell } from "@/parts/measured"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { Table } from "@/parts/table"

interface Person {
  readonly actor_id: string
  readonly name: string
  readonly simulated: boolean
  readonly answers: number
  readonly accuracy: Measured
  readonly mean_active_ms: number | null
  readonly timed: number
  readonly competence: Evidence | null
  readonly stands_out: string | null
}

interface TeamPage {
  readonly people: readonly Person[]
  readonly everybody: Measured
  readonly cohorts: readonly {
    month: string
    people: number
    accuracy: Measured
    stands_out: string | null
    alike: Evidence | null
  }[]
}

interface ContestPage {
  readonly contests: readonly Contest[]
  readonly overturned: readonly {
    kind: "correction" | "audit" | "gold"
    who: string | null
    rate: Measured
  }[]
}

export interface Contest {
  readonly id: string
  readonly person: string
  readonly kind: "correction" | "audit" | "gold"
  readonly because: string
  readonly said: string | null
  readonly held: string | null
  readonly ruled: string | null
  readonly outcome: "open" | "overturned" | "stands" | "neither"
}

/** Who works here: by name, never by rank. Every number with its interval; each person sees their own page. */
export function Team({ programme }: { programme: Programme }) {
  const queries = useQueryClient()
  const team = useQuery({
    queryKey: ["team", programme.id],
    queryFn: () => get<TeamPage>(`/programmes/${programme.id}/people`),
  })
  const contests = useQuery({
    queryKey: ["contests", programme.id],
    queryFn: () => get<ContestPage>(`/programmes/${programme.id}/contests`),
  })
  const infer = () =>
    post(`/programmes/${programme.id}/competence`)
      .then(() => tell(t("team.inferring")))
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  if (team.error) return <Problem error={team.error} retry={() => void team.refetch()} />
  const rows = team.data?.people
  return (
    <>
      <p className="lead">
        {t("team.lead")}{" "}
        <Link to="." search={{ tab: "people" }}>
          {t("programme.tab.people")}
        </Link>
      </p>
      <div className="row toolbar">
        <button type="button" className="btn" title={t("team.infer_hint")} onClick={() => void infer()}>
          {t("team.infer")}
        </button>
      </div>
      <Table
        label={t("programme.tab.team")}
        rows={rows}
        columns={[
          {
            key: "name",
            title: t("people.name"),
            by: ({ name }) => name,
            wide: true,
            cell: ({ actor_id, name, simulated }) => (
              <>
                <Link
                  to="/p/$programme/people/$actor"
                  params={{ programme: programme.name, actor: actor_id }}
                >
                  {name}
                </Link>{" "}
                {simulated && <span className="chip">{t("people.simulated")}</span>}
              </>
            ),
          },
          {
            key: "answers",
            title: t("team.answers"),
            by: ({ answers }) => answers,
            number: true,
            cell: ({ actor_id, answers }) => (
              <Link
                to="/p/$programme"
                params={{ programme: programme.name }}
                search={{ tab: "items", answered_by: actor_id }}
              >
                {count(answers)}
              </Link>
            ),
          },
          {
            key: "accuracy",
            title: t("team.accuracy"),
            by: ({ accuracy }) => accuracy.value,
            cell: ({ accuracy }) => <MeasuredCell measured={accuracy} share />,
          },
          {
            key: "competence",
            title: t("team.competence"),
            by: ({ competence }) => competence?.value,
            cell: ({ competence }) =>
              competence ? (
                <MeasuredCell measured={flat(competence)} share />
              ) : (
                <span className="dim">{t("evidence.none")}</span>
              ),
          },
          {
            key: "seconds",
            title: t("team.seconds"),
            by: ({ mean_active_ms }) => mean_active_ms,
            number: true,
            cell: ({ mean_active_ms, timed }) =>
              mean_active_ms === null ? (
                "–"
              ) : (
                <>
                  {decimal(mean_active_ms / 1000, 1)} <small>{t("evidence.n", { n: count(timed) })}</small>
                </>
              ),
          },
          {
            key: "notice",
            title: t("team.notice"),
            by: ({ stands_out }) => stands_out,
            cell: ({ stands_out }) => stands_out ?? "–",
          },
        ]}
        keyOf={({ actor_id }) => actor_id}
        keys
        empty={<Empty title={t("team.none")} because={t("team.none_because")} />}
      />
      {team.data && team.data.cohorts.length > 0 && (
        <>
          <h2>{t("team.cohorts")}</h2>
          <Table
            label={t("team.cohorts")}
            rows={team.data.cohorts}
            columns={[
              {
                key: "month",
                title: t("team.month"),
                by: ({ month }) => month,
                wide: true,
                cell: ({ month }) => month,
              },
              {
                key: "people",
                title: t("place.people"),
                by: ({ people }) => people,
                number: true,
                cell: ({ people }) => count(people),
              },
              {
                key: "accuracy",
                title: t("team.accuracy"),
                by: ({ accuracy }) => accuracy.value,
                cell: ({ accuracy }) => <MeasuredCell measured={accuracy} share />,
              },
              {
                key: "alike",
                title: t("team.alike"),
                by: ({ alike }) => alike?.value,
                cell: ({ alike }) =>
                  alike ? (
                    <MeasuredCell measured={flat(alike)} share />
                  ) : (
                    <span className="dim">{t("evidence.none")}</span>
                  ),
              },
              {
                key: "notice",
                title: t("team.notice"),
                wide: true,
                cell: ({ stands_out, alike }) => {
                  const differs = alike !== null && alike.value !== null ? alike.because : null
                  return [stands_out, differs].filter(Boolean).join("; ") || "–"
                },
              },
            ]}
            keyOf={({ month }) => month}
            empty={null}
          />
        </>
      )}
      {contests.data && contests.data.contests.length > 0 && <Contests page={contests.data} />}
    </>
  )
}

function Contests({ page }: { page: ContestPage }) {
  return (
    <>
      <h2>{t("team.contests")}</h2>
      <ContestTable contests={page.contests} />
      <h2>{t("team.overturned")}</h2>
      <Table
        label={t("team.overturned")}
        rows={page.overturned}
        columns={[
          {
            key: "who",
            title: t("team.whose"),
            by: ({ who }) => who,
            wide: true,
            cell: ({ kind, who }) => `${t(`contest.kind.${kind}`)}${who ? ` · ${who}` : ""}`,
          },
          {
            key: "rate",
            title: t("team.rate"),
            by: ({ rate }) => rate.value,
            cell: ({ rate }) => <MeasuredCell measured={rate} share />,
          },
        ]}
        keyOf={({ kind, who }) => `${kind}.${who}`}
        empty={null}
      />
    </>
  )
}

/** What was contested, and what a second senior ruled. */
export function ContestTable({ contests }: { contests: readonly Contest[] }) {
  return (
    <Table
      label={t("team.contests")}
      rows={contests}
      columns={[
        { key: "person", title: t("people.name"), by: ({ person }) => person, cell: ({ person }) => person },
        {
          key: "kind",
          title: t("contest.against"),
          by: ({ kind }) => kind,
          cell: ({ kind }) => t(`contest.kind.${kind}`),
        },
        { key: "said", title: t("report.said"), by: ({ said }) => said, cell: ({ said }) => said ?? "–" },
        {
          key: "held",
          title: t("report.reference"),
          by: ({ held }) => held,
          cell: ({ held }) => held ?? "–",
        },
        {
          key: "outcome",
          title: t("contest.ruled"),
          by: ({ outcome }) => outcome,
          cell: ({ outcome }) => t(`contest.is.${outcome}`),
        },
        {
          key: "because",
          title: t("contest.because"),
          by: ({ because }) => because,
          wide: true,
          cell: ({ because }) => because,
        },
      ]}
      keyOf={({ id }) => id}
      empty={null}
    />
  )
}

/** Stored evidence in the shape of what was just measured. */
export const flat = ({ value, interval, n, eligible, method, because }: Evidence): Measured => ({
  value,
  low: interval?.low ?? null,
  high: interval?.high ?? null,
  level: interval?.level ?? null,
  n,
  eligible,
  method,
  because,
})
