import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { address, get, post, Refusal } from "@/api/http"
import type { Assignment, Escalation, Flag, Precedent, Rows, Ruling } from "@/api/nouns"
import { useMe } from "@/api/session"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import type { Entry } from "@/editors/labels"
import { moment, relative } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Empty } from "@/parts/empty"
import { Filters } from "@/parts/filters"
import { Guarded } from "@/parts/guarded"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { Run } from "@/parts/run"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { Tabs } from "@/parts/tabs"
import { describe } from "@/work/describe"
import { guidanceOf } from "@/work/guidance"
import { PrecedentCard } from "@/work/guideline"
import { useLabelNames } from "@/work/label-names"

const PARTS = ["waiting", "precedents", "flagged"] as const
type Part = (typeof PARTS)[number]
const PAGE = 50

/** Questions of a programme, their answers, the precedents among them, and what was flagged. */
export default function Questions() {
  const { programme = "" } = useParams({ strict: false }) as { programme?: string }
  const { tab = "waiting" } = useSearch({ strict: false }) as { tab?: Part }
  const { data: me } = useMe()
  const names = { waiting: "all", precedents: "precedents", flagged: "flagged" } as const
  const guidance = useQuery(guidanceOf(programme))
  const sees = me?.owner || me?.roles.some((one) => one.programme === programme && one.role !== "annotator")
  return (
    <Page
      crumbs={[
        { text: t("place.programmes"), to: "/" },
        sees ? { text: programme, to: `/p/${programme}` } : { text: programme },
        { text: t("questions.all") },
      ]}
    >
      <h1>{t("questions.all")}</h1>
      <Guarded mark={guidance.data?.mark} />
      <Tabs
        label={t("questions.parts")}
        tabs={PARTS.filter((part) => part !== "flagged" || sees).map(
          (part) => [part, t(`questions.${names[part]}`)] as const,
        )}
        at={tab}
      />
      {guidance.isPending ? null : tab === "precedents" ? (
        <Precedents programme={programme} />
      ) : tab === "flagged" ? (
        <Flags programme={programme} />
      ) : (
        <Escalations programme={programme} />
      )}
    </Page>
  )
}

/** A list that grows by pages. */
function useList<T>(path: string, query: Record<string, string | undefined> = {}) {
  const [pages, setPages] = useState(1)
  const list = useQuery({
    queryKey: [path, query, pages],
    queryFn: async () => {
      const rows: T[] = []
      let after: string | null = null
      for (let page = 0; page < pages; page += 1) {
        const found: Rows<T> = await get<Rows<T>>(path, { ...query, after, limit: PAGE })
        rows.push(...found.rows)
        after = found.next
        if (!after) break
      }
      return { rows, next: after }
    },
    placeholderData: (before) => before,
  })
  return { ...list, more: list.data?.next ? () => setPages((now) => now + 1) : undefined }
}

function Escalations({ programme }: { programme: string }) {
  const { q, state } = useSearch({ strict: false }) as { q?: string; state?: string }
  const path = `/programmes/${encodeURIComponent(programme)}/escalations`
  const list = useList<Escalation>(path, { q, state })
  const entries = useLabelNames([programme]).get(programme) ?? []
  const go = useNavigate()
  const answer = async ({ id }: Escalation) => {
    try {
      const work = await post<Assignment>(`/escalations/${id}/take`)
      await go({
        to: "/work",
        search: { programme: work.programme_id, queue: "review", work: work.work_id },
      })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      tell(error.sentence)
      void list.refetch()
    }
  }
  const columns: Column<Escalation>[] = [
    {
      key: "question",
      title: t("questions.question"),
      wide: true,
      cell: ({ question, text, item_id }) => (
        <>
          <b dir="auto">
            <Run text={question ?? ""} at={0} />
          </b>
          {text !== null && item_id !== null && (
            <Link to="/i/$item" params={{ item: item_id }}>
              <small className="clip-2" dir="auto">
                <Run text={text} at={0} />
              </small>
            </Link>
          )}
        </>
      ),
    },
    {
      key: "asked",
      title: t("questions.asked"),
      cell: ({ asked_by, asked_at }) => (
        <span className="dim">
          {asked_by ? t("questions.by", { name: asked_by, when: relative(asked_at) }) : relative(asked_at)}
        </span>
      ),
    },
    { key: "state", title: t("questions.state"), cell: (row) => <Standing escalation={row} /> },
    {
      key: "answer",
      title: t("questions.answer"),
      wide: true,
      cell: (row) =>
        row.answer ? (
          <Answer ruling={row.answer} entries={entries} />
        ) : row.may_answer ? (
          <button type="button" className="btn small primary" onClick={() => void answer(row)}>
            {t("questions.answer")}
          </button>
        ) : null,
    },
  ]
  return (
    <>
      <Filters
        fields={[
          ["q", t("questions.find")],
          ["state", t("questions.state"), ["open", "answered"]],
        ]}
      />
      <Table
        label={t("questions.all")}
        rows={list.data?.rows}
        columns={columns}
        keyOf={({ id }) => id}
        csv={address(path, { q, state, format: "csv" })}
        more={list.more}
        loading={list.isFetching}
        error={list.error}
        retry={() => void list.refetch()}
        empty={<Empty title={t("questions.none")} because={t("questions.none_because")} />}
      />
    </>
  )
}

function Standing({ escalation }: { escalation: Escalation }) {
  const { state, due_at, overdue, in_hand, tier } = escalation
  if (state === "answered") return <Status tone="ok">{t("me.answered")}</Status>
  return (
    <>
      <Status tone={overdue ? "bad" : "warn"}>
        {due_at === null
          ? t("questions.waiting")
          : t(overdue ? "questions.overdue" : "questions.due", { when: relative(due_at) })}
      </Status>
      <small className="dim">
        {in_hand ? t("questions.in_hand") : tier !== null && t("questions.tier", { tier })}
      </small>
    </>
  )
}

function Answer({ ruling, entries }: { ruling: Ruling; entries: readonly Entry[] }) {
  const { answer, text, by, at, clause, clause_title, amends, precedent, withdrawn } = ruling
  return (
    <>
      <b>{describe(answer, entries)}</b>{" "}
      <span dir="auto">
        <Run text={text ?? ""} at={0} />
      </span>{" "}
      {precedent && <span className="chip">{t("questions.precedent")}</span>}
      {withdrawn && <small>{t("questions.withdrawn", { because: withdrawn })}</small>}
      <small className="dim">
        {by && t("questions.by", { name: by, when: relative(at) })}
        {clause && ` · ${t("guide.cites", { clause })} ${clause_title ?? ""}`}
      </small>
      {amends && clause && (
        <small>
          {t("questions.amends", { clause })} <q dir="auto">{amends}</q>
        </small>
      )}
    </>
  )
}

function Precedents({ programme }: { programme: string }) {
  const [going, setGoing] = useState<Precedent | null>(null)
  const { q } = useSearch({ strict: false }) as { q?: string }
  const list = useList<Precedent>(`/programmes/${encodeURIComponent(programme)}/precedents`, { q })
  return (
    <>
      <Filters fields={[["q", t("questions.find")]]} />
      {list.error && <Problem error={list.error} retry={() => void list.refetch()} />}
      {list.data?.rows.length === 0 && (
        <Empty title={t("questions.precedents_none")} because={t("questions.precedents_none_because")} />
      )}
      <div className="precedents">
        {list.data?.rows.map((one) => (
          <PrecedentCard key={one.id} precedent={one}>
            {one.may_withdraw && (
              <button type="button" className="btn small" onClick={() => setGoing(one)}>
                {t("questions.withdraw")}
              </button>
            )}
          </PrecedentCard>
        ))}
      </div>
      {going && <Withdraw precedent={going} close={() => setGoing(null)} done={() => void list.refetch()} />}
      {list.more && (
        <button type="button" className="btn small" onClick={list.more}>
          {t("table.more")}
        </button>
      )}
    </>
  )
}

interface WithdrawProps {
  readonly precedent: Precedent
  readonly close: () => void
  readonly done: () => void
}

/** A precedent holds no longer: by name, and with a reason. */
function Withdraw({ precedent, close, done }: WithdrawProps) {
  const [because, setBecause] = useState("")
  return (
    <Ask
      title={t("questions.withdraw_title")}
      act={t("questions.withdraw")}
      close={close}
      disabled={!because.trim()}
      run={() => post(`/precedents/${precedent.id}/withdraw`, { because }).then(done)}
    >
      <p dir="auto">
        <Run text={precedent.text ?? ""} at={0} />
      </p>
      <label>
        {t("questions.withdraw_because")}
        <textarea rows={3} value={because} onChange={(event) => setBecause(event.target.value)} />
      </label>
    </Ask>
  )
}

const FLAGS: Column<Flag>[] = [
  {
    key: "item",
    title: t("me.item"),
    wide: true,
    cell: ({ item_id, text }) => (
      <Link to="/i/$item" params={{ item: item_id }} dir="auto">
        <Run text={text} at={0} />
      </Link>
    ),
  },
  {
    key: "comment",
    title: t("me.why"),
    wide: true,
    cell: ({ comment }) => (comment ? <Run text={comment} at={0} /> : "–"),
  },
  { key: "by", title: t("people.person"), cell: ({ by }) => by },
  { key: "at", title: t("questions.at"), by: ({ at }) => at, cell: ({ at }) => moment(at) },
]

function Flags({ programme }: { programme: string }) {
  const list = useList<Flag>(`/programmes/${encodeURIComponent(programme)}/flags`)
  return (
    <Table
      label={t("questions.flagged")}
      rows={list.data?.rows}
      columns={FLAGS}
      keyOf={({ id }) => id}
      loading={list.isFetching}
      error={list.error}
      retry={() => void list.refetch()}
      empty={<Empty title={t("questions.flags_none")} because={t("questions.flags_none_because")} />}
    />
  )
}
