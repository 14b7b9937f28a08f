import { useQuery } from "@tanstack/react-query"
import { Link, useSearch } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import { get } from "@/api/http"
import type { Mine, MyQuestion } from "@/api/nouns"
import { useMe, works } from "@/api/session"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import type { Entry } from "@/editors/labels"
import { clock, count, decimal, moment, relative } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { GuardedRows } from "@/parts/guarded"
import { Problem } from "@/parts/problem"
import { Run } from "@/parts/run"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { Waiting } from "@/parts/waiting"
import { answersRead } from "@/work/answers-chip"
import { describe } from "@/work/describe"
import { useLabelNames } from "@/work/label-names"
import { MyCalibration } from "./calibration/mine"

const PERIODS = [1, 7, 30, 90] as const
type Did = Mine["did"][number]
type Corrected = Mine["corrected"][number]

/** What I did, what came back and why, my gold results, my questions. */
export default function MyPage() {
  const { days = "7" } = useSearch({ strict: false }) as { days?: string }
  const me = useMe().data
  const page = useQuery({
    enabled: me !== undefined && works(me),
    queryKey: ["work", "mine", days],
    queryFn: () => get<Mine>("/work/mine", { days }),
    placeholderData: (before) => before,
  })
  // What is new when one comes stays on top while one is here.
  const [readBefore] = useState(() => answersRead.get())
  useEffect(() => {
    if (page.data) answersRead.set(Date.now() * 1000)
  }, [page.data])
  const mine = page.data
  const [answers = [], asked = []] = parted(mine?.questions ?? [], readBefore)
  const names = useLabelNames(
    [...(mine?.corrected ?? []), ...(mine?.questions ?? [])].map(({ programme }) => programme),
  )
  return (
    <Page
      crumbs={[{ text: t("me.place") }]}
      actions={
        <>
          <Link className="btn quiet" to="/me/report" title={t("report.mine_hint")}>
            {t("report.mine")}
          </Link>
          <Link className="btn quiet" to="/me/statements">
            {t("me.statements")}
          </Link>
          <Link className="btn quiet" to="/settings">
            {t("me.settings")}
          </Link>
          <Link className="btn quiet" to="/me/calendar">
            {t("me.calendar")}
          </Link>
          {me && (
            <Link className="btn quiet" to="/people/$actor" params={{ actor: me.actor.id }}>
              {t("me.hours")}
            </Link>
          )}
          <Link className="btn primary" to="/work">
            {t("me.open_work")}
          </Link>
        </>
      }
    >
      <h1>{t("me.title")}</h1>
      <Waiting />
      {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      {me && !works(me) && <Empty title={t("work.empty")} because={t("work.none_for_you")} />}
      {mine && (
        <div className="me">
          <GuardedRows rows={[...mine.corrected, ...mine.questions]} />
          {answers.length > 0 && <h2>{t("me.new_answers")}</h2>}
          {answers.map((question) => (
            <QuestionCard
              key={question.id}
              question={question}
              entries={names.get(question.programme) ?? []}
            />
          ))}
          <nav className="tabs" aria-label={t("me.did")}>
            {PERIODS.map((period) => (
              <Link
                key={period}
                to="/me"
                search={{ days: String(period) }}
                aria-current={String(period) === days ? "page" : undefined}
                className={String(period) === days ? "at" : ""}
              >
                {t("me.days", { count: period })}
              </Link>
            ))}
          </nav>
          <h2>{t("me.did")}</h2>
          <InShort did={mine.did} />
          <Table
            label={t("me.did")}
            rows={mine.did}
            columns={DID}
            keyOf={({ programme, queue, stance }) => `${programme}.${queue}.${stance}`}
            empty={<Empty title={t("me.did_none")} because={t("me.did_none_because")} />}
          />
          <h2>{t("me.back")}</h2>
          <Table
            label={t("me.back")}
            rows={mine.corrected}
            columns={back(names)}
            keyOf={({ item_id, said_at }) => `${item_id}.${said_at}`}
            empty={<Empty title={t("me.back_none")} because={t("me.back_none_because")} />}
          />
          <MyCalibration />
          <ul className="plain">
            {mine.gold.map(({ batch, programme, right, n }) => (
              <li key={`${programme}.${batch}`}>
                <b>{batch}</b> <span className="dim">{programme}</span> {t("me.gold_of", { right, n })}
              </li>
            ))}
          </ul>
          <h2>{t("me.questions")}</h2>
          {mine.questions.length === 0 && (
            <Empty title={t("me.questions_none")} because={t("me.questions_none_because")} />
          )}
          {asked.map((question) => (
            <QuestionCard
              key={question.id}
              question={question}
              entries={names.get(question.programme) ?? []}
            />
          ))}
        </div>
      )}
    </Page>
  )
}

/** Questions with an answer that was not read yet, and the others. */
const parted = (questions: readonly MyQuestion[], read: number): [MyQuestion[], MyQuestion[]] => [
  questions.filter(({ answer }) => answer !== null && answer.at > read),
  questions.filter(({ answer }) => answer === null || answer.at <= read),
]

/** Seconds with a decimal where minutes would say nothing. */
const span = (ms: number) => (ms < 60_000 ? `${decimal(ms / 1000, 1)} s` : clock(ms / 1000))

/** All of it in one sentence; the time of those that were timed. */
function InShort({ did }: { did: readonly Did[] }) {
  const sum = (of: (row: Did) => number) => did.reduce((all, row) => all + of(row), 0)
  const [answers, timed, active] = [
    sum((row) => row.count),
    sum((row) => row.timed),
    sum((row) => row.active_ms ?? 0),
  ]
  if (answers === 0) return null
  return (
    <p className="in-short">
      {t("me.in_short", { count: answers })}
      {timed > 0 && (
        <>
          {" "}
          {t("me.in_short_time", { active: span(active), each: span(active / timed), timed: count(timed) })}
        </>
      )}
    </p>
  )
}

const DID: Column<Did>[] = [
  {
    key: "programme",
    title: t("me.programme"),
    by: ({ programme }) => programme,
    wide: true,
    cell: ({ programme }) => programme,
  },
  { key: "queue", title: t("me.queue"), by: ({ queue }) => queue, cell: ({ queue }) => t(`queue.${queue}`) },
  {
    key: "stance",
    title: t("me.stance"),
    by: ({ stance }) => stance,
    cell: ({ stance }) => t(`stance.${stance}`),
  },
  {
    key: "count",
    title: t("me.count"),
    by: ({ count }) => count,
    number: true,
    cell: (row) => count(row.count),
  },
  {
    key: "active",
    title: t("me.active"),
    by: ({ active_ms }) => active_ms,
    number: true,
    cell: ({ active_ms }) => (active_ms === null ? "–" : span(active_ms)),
  },
  {
    key: "each",
    title: t("me.each"),
    by: ({ active_ms, timed }) => (active_ms === null || timed === 0 ? null : active_ms / timed),
    number: true,
    cell: ({ active_ms, timed }) => (active_ms === null || timed === 0 ? "–" : span(active_ms / timed)),
  },
]

const back = (names: ReadonlyMap<string, readonly Entry[]>): Column<Corrected>[] => [
  {
    key: "item",
    title: t("me.item"),
    by: ({ text }) => text,
    wide: true,
    cell: ({ text }) => (
      <span dir="auto">
        <Run text={text} at={0} />
      </span>
    ),
  },
  {
    key: "said",
    title: t("me.said"),
    cell: ({ stance, mine, programme }) =>
      mine === null ? t(`stance.${stance}`) : describe(mine, names.get(programme)),
  },
  {
    key: "ruled",
    title: t("me.ruled"),
    cell: ({ ruled, programme }) => <b>{describe(ruled, names.get(programme))}</b>,
  },
  {
    key: "why",
    title: t("me.why"),
    by: ({ ruled_at }) => ruled_at,
    wide: true,
    cell: ({ reason, comment, ruled_at }) => (
      <>
        {reason}{" "}
        {comment && (
          <q dir="auto">
            <Run text={comment} at={0} />
          </q>
        )}{" "}
        <small className="dim">{relative(ruled_at)}</small>
      </>
    ),
  },
]

function QuestionCard({ question, entries }: { question: MyQuestion; entries: readonly Entry[] }) {
  const { question: asked, text, state, due_at, answer, asked_at, programme } = question
  return (
    <article className="card question">
      <header className="row">
        <Status tone={state === "answered" ? "ok" : "dim"}>
          {state === "answered" ? t("me.answered") : t("questions.waiting")}
        </Status>
        <span className="dim">{programme}</span>
        <span className="grow" />
        {due_at !== null && <span className="dim">{t("me.due", { when: relative(due_at) })}</span>}
        <time className="dim">{moment(asked_at)}</time>
      </header>
      <p className="dim clip-2" dir="auto">
        <Run text={text} at={0} />
      </p>
      <q dir="auto">
        <Run text={asked ?? ""} at={0} />
      </q>
      {answer && (
        <blockquote dir="auto">
          <b>{describe(answer.answer, entries)}</b> – <Run text={answer.text ?? ""} at={0} />
          {answer.clause && <small className="dim"> {t("guide.cites", { clause: answer.clause })}</small>}
        </blockquote>
      )}
    </article>
  )
}
