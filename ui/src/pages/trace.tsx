import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { get } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { moment } from "@/lib/format"
import { Problem } from "@/parts/problem"
import { describe } from "@/work/describe"
import { useLabelNames } from "@/work/label-names"
import { ActorLink, FileLink, VersionLink } from "./behind"

interface Author {
  readonly id: string
  readonly name: string
  readonly kind: "person" | "model" | "rule"
  readonly version: string | null
  readonly organisation: string | null
  readonly fingerprint: string | null
}

interface Version {
  readonly id: string
  readonly number: number
  readonly digest: string
  readonly sealed_at: number
}

interface Trace {
  readonly judgement: { id: string; answer: unknown; stance: "answer"; said_at: number }
  readonly item: { id: string; external_id: string; digest: string }
  readonly author: Author
  readonly suggestion: { answer: unknown; confidence: number | null; model: Author } | null
  readonly ontology: Version | null
  readonly guideline: Version | null
  readonly batch: {
    id: string
    name: string
    purpose: string
    programme: string
    policy_number: number
  } | null
  readonly work: { queue: "verify"; tier: number; because: string } | null
  readonly decision: { state: "decided"; answer: unknown; because: string; rests_on_it: boolean } | null
  readonly releases: readonly {
    id: string
    name: string
    number: number
    runs: readonly { id: string; name: string }[]
  }[]
}

function By({ author, programme }: { author: Author; programme: string | undefined }) {
  const { kind, version, organisation, fingerprint } = author
  return (
    <>
      <ActorLink actor={author} programme={programme} />{" "}
      {[`(${t(`actor.${kind}`)})`, version, organisation, fingerprint].filter(Boolean).join(" · ")}
    </>
  )
}

function Under({ version }: { version: Version | null }) {
  if (!version) return "–"
  return (
    <>
      <VersionLink id={version.id}>{version.number}</VersionLink>
      {` · ${moment(version.sealed_at)} · ${version.digest.slice(0, 16)}`}
    </>
  )
}

/** Everything behind one label: who, having seen what, under which versions, in which batch, sealed where. */
export default function TracePage() {
  const { judgement: id = "" } = useParams({ strict: false }) as { judgement?: string }
  const page = useQuery({ queryKey: ["trace", id], queryFn: () => get<Trace>(`/judgements/${id}`) })
  const programme = page.data?.batch?.programme
  const entries = useLabelNames(programme ? [programme] : []).get(programme ?? "")
  const crumbs = [{ text: t("place.programmes"), to: "/" }, { text: t("trace.title") }]
  if (page.error || !page.data) {
    return (
      <Page crumbs={crumbs}>
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </Page>
    )
  }
  const { judgement, item, author, suggestion, ontology, guideline, batch, work, decision, releases } =
    page.data
  const rows: readonly (readonly [string, React.ReactNode])[] = [
    [
      t("trace.item"),
      <Link key="item" to="/i/$item" params={{ item: item.id }}>
        {item.external_id}
      </Link>,
    ],
    [
      t("trace.said"),
      `${t(`stance.${judgement.stance}`)} ${describe(judgement.answer, entries)} · ${moment(judgement.said_at)}`,
    ],
    [t("trace.author"), <By key="author" author={author} programme={programme} />],
    [
      t("trace.suggestion"),
      suggestion ? (
        <span key="suggestion">
          <By author={suggestion.model} programme={programme} />: {describe(suggestion.answer, entries)}
        </span>
      ) : (
        t("trace.unseen")
      ),
    ],
    [t("trace.ontology"), <Under key="ontology" version={ontology} />],
    [t("trace.guideline"), <Under key="guideline" version={guideline} />],
    [
      t("batch.name"),
      batch ? (
        <span key="batch">
          <Link to="/b/$batch" params={{ batch: batch.id }}>
            {batch.name}
          </Link>
          {" · "}
          <FileLink programme={batch.programme} number={batch.policy_number}>
            {t("programme.version", { number: batch.policy_number })}
          </FileLink>
        </span>
      ) : (
        "–"
      ),
    ],
    [t("trace.work"), work ? `${t(`queue.${work.queue}`)} · T${work.tier} · ${work.because}` : "–"],
    [
      t("trace.decision"),
      decision
        ? [
            t(`decision.${decision.state}`),
            ...(decision.answer === null ? [] : [describe(decision.answer, entries)]),
            decision.because,
            t(decision.rests_on_it ? "trace.rests" : "trace.rests_not"),
          ].join(" · ")
        : "–",
    ],
    [
      t("trace.releases"),
      releases.length > 0 && programme
        ? releases.map(({ id, name, number }) => (
            <Link key={id} to="/p/$programme" params={{ programme }} search={{ tab: "releases" }}>
              {`${name} #${number}`}{" "}
            </Link>
          ))
        : t("trace.unreleased"),
    ],
    [
      t("trace.runs"),
      releases.some(({ runs }) => runs.length > 0)
        ? releases.flatMap(({ runs }) =>
            runs.map(({ id, name }) => (
              <Link key={id} to="/runs/$run" params={{ run: id }}>
                {name}{" "}
              </Link>
            )),
          )
        : t("trace.no_runs"),
    ],
  ]
  return (
    <Page crumbs={crumbs}>
      <h1>{t("trace.title")}</h1>
      <dl className="trace">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Page>
  )
}
