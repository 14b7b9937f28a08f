import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { useState } from "react"
import { get, post } from "@/api/http"
import type { Evidence } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, decimal, moment, percent } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Empty } from "@/parts/empty"
import { type Measured, MeasuredCell } from "@/parts/measured"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"
import { Table } from "@/parts/table"
import { type Contest, ContestTable, flat } from "./programme/team"

interface Line {
  readonly judgement_id: string
  readonly item_id: string
  readonly said: string
  readonly reference: string
  readonly right: boolean
  readonly source: "gold" | "audit"
  readonly said_at: number
}

interface Drift {
  readonly n: number
  readonly signal: number | null
  readonly signal_at: number | null
  readonly baseline?: number
  readonly worse?: number
  readonly limit?: number
  readonly run_length?: number
  readonly path: readonly number[]
  readonly method?: string
  readonly because: string | null
}

interface Report {
  readonly programme: string
  readonly person: { id: string; name: string; simulated: boolean; since: number }
  readonly said: Record<string, number>
  readonly accuracy: Measured
  readonly everybody: Measured
  readonly stands_out: string | null
  readonly speed: Measured
  readonly competence: Evidence | null
  readonly confusion: readonly { reference: string; answer: string; answers: number }[]
  readonly drift: Drift
  readonly history: readonly Line[]
  readonly contests: readonly Contest[]
}

/** One person's work: what their manager sees, and what they see, are this one page. */
export default function PersonReport() {
  const { programme, actor } = useParams({ strict: false }) as { programme?: string; actor?: string }
  const own = actor === undefined
  const path = own ? "/me/report" : `/programmes/${programme}/people/${actor}/report`
  const page = useQuery({
    queryKey: ["report", path],
    queryFn: async () => (own ? (await get<{ reports: Report[] }>(path)).reports : [await get<Report>(path)]),
  })
  const crumbs = own
    ? [{ text: t("report.mine") }]
    : [
        { text: t("place.programmes"), to: "/" },
        { text: programme ?? "", to: `/p/${programme}` },
        { text: page.data?.[0]?.person.name ?? "" },
      ]
  return (
    <Page crumbs={crumbs}>
      {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      {own && <h1>{t("report.mine")}</h1>}
      {page.data?.length === 0 && <Empty title={t("report.none")} because={t("report.none_because")} />}
      {page.data?.map((report) => (
        <One key={report.programme} report={report} own={own} />
      ))}
    </Page>
  )
}

function One({ report, own }: { report: Report; own: boolean }) {
  const { person, programme, said, drift } = report
  const [contested, setContested] = useState<Line | null>(null)
  const title = own ? programme : person.name
  return (
    <article aria-label={title}>
      {own ? (
        <h2>{title}</h2>
      ) : (
        <h1>
          {title} <small className="dim">{programme}</small>
        </h1>
      )}
      <p className="dim">{t(own ? "report.they_see" : "report.you_see")}</p>
      {report.stands_out && (
        <p>
          <Status tone="warn">{t("report.stands_out")}</Status> {report.stands_out}
        </p>
      )}
      <dl className="facts">
        <Fact name={t("team.accuracy")} measured={report.accuracy} share />
        <Fact name={t("report.everybody")} measured={report.everybody} share />
        <Fact name={t("report.speed")} measured={report.speed} />
        <div>
          <dt>{t("team.competence")}</dt>
          <dd>
            {report.competence ? (
              <>
                <MeasuredCell measured={flat(report.competence)} share />{" "}
                <small className="dim">{moment(report.competence.measured_at)}</small>
              </>
            ) : (
              <span className="dim">{t("evidence.none")}</span>
            )}
          </dd>
        </div>
        <div>
          <dt>{t("report.so_far")}</dt>
          <dd className="num">
            {Object.entries(said)
              .map(([stance, number]) => `${t(`stance.${stance as "answer"}`)} ${count(number)}`)
              .join(" · ")}
          </dd>
        </div>
      </dl>
      <h2>{t("report.drift")}</h2>
      <DriftChart drift={drift} />
      {report.confusion.length > 0 && (
        <>
          <h2>{t("report.confusion")}</h2>
          <Table
            label={t("report.confusion")}
            rows={report.confusion}
            columns={[
              { key: "said", title: t("report.said"), wide: true, cell: ({ answer }) => answer },
              {
                key: "reference",
                title: t("report.reference"),
                wide: true,
                cell: ({ reference }) => reference,
              },
              {
                key: "answers",
                title: t("report.times"),
                number: true,
                cell: ({ answers }) => count(answers),
              },
            ]}
            keyOf={({ reference, answer }) => `${reference}.${answer}`}
            empty={null}
          />
        </>
      )}
      <h2>{t("report.history")}</h2>
      <Table
        label={t("report.history")}
        rows={report.history}
        columns={[
          {
            key: "right",
            title: t("report.right"),
            cell: ({ right }) => (
              <Status tone={right ? "ok" : "warn"}>{t(right ? "report.same" : "report.other")}</Status>
            ),
          },
          { key: "said", title: t("report.said"), wide: true, cell: ({ said: label }) => label },
          { key: "reference", title: t("report.reference"), wide: true, cell: ({ reference }) => reference },
          { key: "source", title: t("report.source"), cell: ({ source }) => t(`contest.kind.${source}`) },
          { key: "at", title: t("report.when"), cell: ({ said_at }) => moment(said_at) },
          {
            key: "act",
            title: t("table.act"),
            cell: (line) =>
              own ? (
                !line.right && (
                  <button type="button" className="btn small" onClick={() => setContested(line)}>
                    {t("contest.contest")}
                  </button>
                )
              ) : (
                <Link to="/i/$item" params={{ item: line.item_id }}>
                  {t("report.item")}
                </Link>
              ),
          },
        ]}
        keyOf={({ judgement_id }) => judgement_id}
        empty={<Empty title={t("report.unchecked")} because={t("report.unchecked_because")} />}
      />
      {report.contests.length > 0 && (
        <>
          <h2>{t("team.contests")}</h2>
          <ContestTable contests={report.contests} />
        </>
      )}
      {contested && <ContestIt line={contested} close={() => setContested(null)} />}
    </article>
  )
}

function Fact({ name, measured, share = false }: { name: string; measured: Measured; share?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <MeasuredCell measured={measured} share={share} />
      </dd>
    </div>
  )
}

const WIDE = 640
const HIGH = 120

/** The control chart: where the line crosses its limit, errors have become frequent. */
function DriftChart({ drift }: { drift: Drift }) {
  const { path, limit, n, signal_at, because } = drift
  if (because !== null || !limit) return <p className="dim">{because}</p>
  const top = Math.max(limit * 1.15, ...path)
  const x = (at: number) => (path.length > 1 ? (at / (path.length - 1)) * WIDE : 0)
  const y = (value: number) => HIGH - (value / top) * HIGH
  const line = path.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ")
  const sentence = signal_at
    ? t("report.signal", { at: moment(signal_at) })
    : t("report.no_signal", { n: count(n) })
  return (
    <figure className="drift">
      <svg viewBox={`0 0 ${WIDE} ${HIGH + 4}`} role="img" aria-label={sentence} preserveAspectRatio="none">
        <line className="drift-limit" x1={0} x2={WIDE} y1={y(limit)} y2={y(limit)} />
        <polyline className="drift-path" points={line} />
      </svg>
      <figcaption>
        {sentence}{" "}
        <span className="dim">
          {t("report.design", {
            baseline: percent(drift.baseline ?? 0),
            worse: percent(drift.worse ?? 0),
            run: count(Math.round(drift.run_length ?? 0)),
            limit: decimal(limit, 0),
          })}
        </span>
      </figcaption>
    </figure>
  )
}

function ContestIt({ line, close }: { line: Line; close: () => void }) {
  const [because, setBecause] = useState("")
  const queries = useQueryClient()
  const run = async () => {
    await post("/me/contests", { judgement_id: line.judgement_id, because })
    await queries.invalidateQueries({ queryKey: ["report"] })
  }
  return (
    <Ask
      title={t("contest.title")}
      act={t("contest.contest")}
      close={close}
      run={run}
      disabled={!because.trim()}
    >
      <p>{t("contest.how", { said: line.said, reference: line.reference })}</p>
      <label className="field">
        {t("contest.because")}
        <textarea rows={4} value={because} onChange={(event) => setBecause(event.target.value)} />
      </label>
    </Ask>
  )
}
