import { IconPlus } from "@tabler/icons-react"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { get, post } from "@/api/http"
import type { ProgrammePage } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, moment } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Empty } from "@/parts/empty"
import { Problem } from "@/parts/problem"
import { useRows } from "@/parts/rows"
import { Status, type Tone } from "@/parts/status"
import { Table } from "@/parts/table"

type State = "open" | "approved" | "refused" | "withdrawn" | "published" | "overtaken"
type Stance = "comment" | "approve" | "refuse" | "withdraw"

interface Proposal {
  readonly id: string
  readonly number: number
  readonly state: State
  readonly because: string
  readonly note: string
  readonly proposed_by: string
  readonly proposed_at: number
}

interface LabelChange {
  readonly kind: string
  readonly label: string
  readonly name: string
  readonly old: unknown
  readonly new: unknown
  readonly to: string | null
  readonly review: boolean
  readonly into: readonly string[]
}

interface Touched {
  readonly label: string
  readonly batch: string | null
  readonly who: string | null
  readonly labels: number
}

interface Impact {
  readonly mapped: number
  readonly reviewed: number
  readonly said: number
  readonly people: number
  readonly batches: number
  readonly accepted: readonly Touched[]
  readonly by_person: readonly Touched[]
}

interface View {
  readonly proposal: Proposal
  readonly consulted: readonly string[]
  readonly may: readonly (Stance | "publish")[]
  readonly labels: readonly LabelChange[]
  readonly words: readonly { by: string; stance: Stance | "publish"; text: string; said_at: number }[]
}

const TONES: Record<State, Tone> = {
  open: "accent",
  approved: "ok",
  refused: "bad",
  withdrawn: "dim",
  published: "ok",
  overtaken: "warn",
}

const EXAMPLE = `ontology:
  labels: [...]
migration:
  - {from: OLD, to: NEW}
  - {from: OLD, review: true}
`

/** The ontology and the guidelines on their way into force: proposed, discussed, approved, published. */
export function OntologyChanges({ page: { programme, may } }: { page: ProgrammePage }) {
  const [proposing, setProposing] = useState(false)
  const { proposal } = useSearch({ strict: false }) as { proposal?: string }
  const go = useNavigate()
  const setOpen = (id: string) =>
    void go({ to: ".", search: { tab: "ontology", proposal: id }, replace: true })
  const path = `/programmes/${programme.id}/proposals`
  const { rows } = useRows<Proposal>(path)
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries()
  const propose = may.includes("apply") && (
    <button type="button" className="btn primary" onClick={() => setProposing(true)}>
      <IconPlus size={16} aria-hidden /> {t("governance.propose")}
    </button>
  )
  const shown = proposal ?? rows?.[0]?.id
  return (
    <>
      <p className="lead">
        {t("governance.lead")}{" "}
        <Link to="." search={{ tab: "labels" }}>
          {t("programme.tab.labels")}
        </Link>
      </p>
      {propose && rows && rows.length > 0 && <div className="row toolbar">{propose}</div>}
      <Table
        label={t("programme.tab.ontology")}
        rows={rows}
        columns={[
          { key: "number", title: t("governance.number"), number: true, cell: ({ number }) => number },
          {
            key: "state",
            title: t("governance.state"),
            cell: ({ state }) => <Status tone={TONES[state]}>{t(`governance.is.${state}`)}</Status>,
          },
          { key: "note", title: t("governance.note"), wide: true, cell: ({ note }) => note || "–" },
          { key: "by", title: t("governance.by"), cell: ({ proposed_by }) => proposed_by },
          { key: "at", title: t("governance.at"), cell: ({ proposed_at }) => moment(proposed_at) },
        ]}
        keyOf={({ id }) => id}
        onOpen={({ id }) => setOpen(id)}
        keys
        empty={
          <Empty title={t("governance.none")} because={t("governance.none_because")}>
            {propose}
          </Empty>
        }
      />
      {shown && <OneProposal key={shown} id={shown} refresh={refresh} />}
      {proposing && <Propose path={path} close={() => setProposing(false)} done={refresh} />}
    </>
  )
}

interface ProposeProps {
  readonly path: string
  readonly close: () => void
  readonly done: () => Promise<unknown>
}

function Propose({ path, close, done }: ProposeProps) {
  const [yaml, setYaml] = useState("")
  const [note, setNote] = useState("")
  const [found, setFound] = useState<{ labels: LabelChange[]; impact: Impact } | null>(null)
  const [error, setError] = useState<unknown>(null)
  const look = () =>
    post<{ labels: LabelChange[]; impact: Impact }>(`${path}/preview`, { yaml })
      .then((seen) => {
        setFound(seen)
        setError(null)
      })
      .catch((refusal: unknown) => setError(refusal))
  const run = async () => {
    await post(path, { yaml, note })
    await done()
  }
  return (
    <Ask
      title={t("governance.propose")}
      act={t("governance.propose")}
      close={close}
      run={run}
      size="xl"
      disabled={!found}
    >
      <p className="dim">{t("governance.how")}</p>
      <label className="field">
        {t("governance.file")}
        <textarea
          className="mono"
          rows={12}
          value={yaml}
          placeholder={EXAMPLE}
          spellCheck={false}
          onChange={(event) => {
            setYaml(event.target.value)
            setFound(null)
          }}
        />
      </label>
      <label className="field">
        {t("governance.note")}
        <input value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
      <div className="row">
        <button type="button" className="btn" disabled={!yaml.trim()} onClick={() => void look()}>
          {t("governance.look")}
        </button>
      </div>
      {error !== null && <Problem error={error} />}
      {found && <LabelChanges labels={found.labels} />}
      {found && <Touches impact={found.impact} />}
    </Ask>
  )
}

function OneProposal({ id, refresh }: { id: string; refresh: () => Promise<unknown> }) {
  const [asked, setAsked] = useState<Stance | null>(null)
  const [error, setError] = useState<unknown>(null)
  const view = useQuery({ queryKey: ["proposal", id], queryFn: () => get<View>(`/proposals/${id}`) })
  const impact = useQuery({
    queryKey: ["proposal", id, "impact"],
    queryFn: () => get<Impact>(`/proposals/${id}/impact`),
  })
  if (view.error) return <Problem error={view.error} retry={() => void view.refetch()} />
  if (!view.data) return null
  const { proposal, labels, words, consulted, may } = view.data
  const publish = () =>
    post(`/proposals/${id}/publish`)
      .then(refresh)
      .catch((refusal: unknown) => setError(refusal))
  return (
    <section className="card stack" aria-label={t("governance.title", { number: proposal.number })}>
      <h2>{t("governance.title", { number: proposal.number })}</h2>
      <p>
        <Status tone={TONES[proposal.state]}>{t(`governance.is.${proposal.state}`)}</Status>{" "}
        <span className="dim">{proposal.because}</span>
      </p>
      {proposal.note && <p dir="auto">{proposal.note}</p>}
      <LabelChanges labels={labels} />
      {impact.data && <Touches impact={impact.data} />}
      <h3>{t("governance.words", { who: consulted.join(", ") || t("governance.nobody") })}</h3>
      {words.length === 0 && <p className="dim">{t("governance.no_words")}</p>}
      <ol className="timeline">
        {words.map(({ by, stance, text, said_at }) => (
          <li key={`${by}.${said_at}.${stance}`} className="said">
            <header>
              <b>{by}</b>
              <span>{t(`governance.said.${stance}`)}</span>
              <span className="grow" />
              <time className="dim">{moment(said_at)}</time>
            </header>
            {text && <blockquote dir="auto">{text}</blockquote>}
          </li>
        ))}
      </ol>
      {error !== null && <Problem error={error} />}
      {may.length > 0 && (
        <div className="row wrap">
          {may.map(
            (stance) =>
              stance !== "publish" && (
                <button key={stance} type="button" className="btn" onClick={() => setAsked(stance)}>
                  {t(`governance.do.${stance}`)}
                </button>
              ),
          )}
          {may.includes("publish") && (
            <button
              type="button"
              className="btn primary"
              disabled={proposal.state !== "approved"}
              title={proposal.because}
              onClick={() => void publish()}
            >
              {t("governance.publish")}
            </button>
          )}
        </div>
      )}
      {asked && <Say id={id} stance={asked} close={() => setAsked(null)} done={refresh} />}
    </section>
  )
}

interface SayProps {
  readonly id: string
  readonly stance: Stance
  readonly close: () => void
  readonly done: () => Promise<unknown>
}

function Say({ id, stance, close, done }: SayProps) {
  const [text, setText] = useState("")
  const run = async () => {
    await post(`/proposals/${id}/words`, { stance, text })
    await done()
  }
  return (
    <Ask title={t(`governance.do.${stance}`)} act={t(`governance.do.${stance}`)} close={close} run={run}>
      <label className="field">
        {t("governance.text")}
        <textarea rows={4} value={text} onChange={(event) => setText(event.target.value)} />
      </label>
    </Ask>
  )
}

function LabelChanges({ labels }: { labels: readonly LabelChange[] }) {
  if (labels.length === 0) return <p className="dim">{t("governance.no_labels")}</p>
  return (
    <Table
      label={t("governance.changes")}
      rows={labels}
      columns={[
        {
          key: "kind",
          title: t("governance.kind"),
          cell: ({ kind }) => t(`governance.change.${kind as "add"}`),
        },
        { key: "label", title: t("governance.label"), wide: true, cell: ({ name }) => <b>{name}</b> },
        { key: "what", title: t("governance.what"), cell: (change) => becomes(change) },
      ]}
      keyOf={({ kind, label }) => `${kind}.${label}`}
      empty={null}
    />
  )
}

/** What becomes of what was said before. */
function becomes(change: LabelChange): string {
  if (change.to !== null) return t("governance.read_as", { label: change.to })
  if (change.into.length > 0) return t("governance.split_into", { labels: change.into.join(", ") })
  if (change.review) return t("governance.again")
  if (change.kind === "rename" || change.kind === "move") return `${change.old ?? "–"} → ${change.new ?? "–"}`
  return change.kind === "add" ? "–" : t("governance.stays")
}

function Touches({ impact }: { impact: Impact }) {
  const { mapped, reviewed, said, people, batches } = impact
  return (
    <>
      <p>
        {t("governance.impact", {
          mapped: count(mapped),
          reviewed: count(reviewed),
          said: count(said),
          people: count(people),
          batches: count(batches),
        })}
      </p>
      {impact.accepted.length > 0 && (
        <Table
          label={t("governance.where")}
          rows={impact.accepted}
          columns={[
            { key: "label", title: t("governance.label"), wide: true, cell: ({ label }) => label },
            { key: "batch", title: t("batch.name"), cell: ({ batch }) => batch },
            {
              key: "labels",
              title: t("governance.labels"),
              number: true,
              cell: ({ labels }) => count(labels),
            },
          ]}
          keyOf={({ label, batch }) => `${label}.${batch}`}
          empty={null}
        />
      )}
    </>
  )
}
