import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { useMemo } from "react"
import { get } from "@/api/http"
import type { BatchPage, ItemPage, Judgement, Me, Ontology, ProgrammePage } from "@/api/nouns"
import { useMe } from "@/api/session"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { useEditor } from "@/editors"
import { textOf } from "@/editors/editor"
import { type Entry, tree } from "@/editors/labels"
import { decimal, moment } from "@/lib/format"
import { CopyId } from "@/parts/copy"
import { Fields } from "@/parts/fields"
import { Guarded } from "@/parts/guarded"
import { Problem } from "@/parts/problem"
import { Run } from "@/parts/run"
import { Status } from "@/parts/status"
import { describe } from "@/work/describe"
import { ActorLink, FileLink, VersionLink } from "./behind"
import ItemProtection from "./item-protection"
import { ItemRights } from "./item-rights"

/** The labels of the batch that the item was last routed in. */
function useEntries(batch_id: string | undefined): readonly Entry[] {
  const batch = useQuery({
    queryKey: ["batch", batch_id],
    queryFn: () => get<BatchPage>(`/batches/${batch_id}`),
    enabled: batch_id !== undefined,
  })
  const ontology_id = batch.data?.batch.ontology_id
  const ontology = useQuery({
    queryKey: ["ontology", ontology_id],
    queryFn: () => get<Ontology>(`/ontologies/${ontology_id}`),
    enabled: ontology_id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return useMemo(() => tree(ontology.data?.labels ?? []), [ontology.data])
}

function useHome(batch_id: string | undefined) {
  const batch = useQuery({
    queryKey: ["batch", batch_id],
    queryFn: () => get<BatchPage>(`/batches/${batch_id}`),
    enabled: batch_id !== undefined,
  })
  const id = batch.data?.batch.programme_id
  const programme = useQuery({
    queryKey: ["programme", id],
    queryFn: () => get<ProgrammePage>(`/programmes/${id}`),
    enabled: id !== undefined,
  })
  return { batch: batch.data?.batch, programme: programme.data?.programme }
}

/** Who may have an item forgotten: who may change the programme. */
const mayErase = (me: Me | undefined, programme_id: string): boolean =>
  me !== undefined &&
  (me.owner ||
    me.roles.some((one) => one.programme_id === programme_id && ["owner", "manager"].includes(one.role)))

/** What stands in place of an erased item; null for one that is there. */
function erased(body: Readonly<Record<string, unknown>>): string | null {
  const said = body.erased
  if (typeof said !== "object" || said === null || !("at" in said) || !("because" in said)) return null
  return `erased on ${moment(Number(said.at))} because ${String(said.because)}`
}

/** Everything that was ever said of one item: by whom, having seen what, and why it came to them. */
export default function ItemRoom() {
  const { item: id = "" } = useParams({ strict: false }) as { item?: string }
  const page = useQuery({ queryKey: ["item", id], queryFn: () => get<ItemPage>(`/items/${id}`) })
  const batch_id = page.data?.routes.at(-1)?.batch_id
  const entries = useEntries(batch_id)
  const { batch, programme } = useHome(batch_id)
  const me = useMe()
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    ...(programme ? [{ text: programme.name, to: `/p/${programme.name}` }] : []),
    ...(batch ? [{ text: batch.name, to: `/b/${batch.id}` }] : []),
    { text: page.data?.item.external_id || id },
  ]
  if (page.error || !page.data) {
    return (
      <Page crumbs={crumbs}>
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </Page>
    )
  }
  const { item, parents, children: made, routes, decisions, releases } = page.data
  const gone = erased(item.body)
  const judgements = page.data.judgements.toSorted((a, b) => a.said_at - b.said_at)
  return (
    <Page crumbs={crumbs}>
      <Guarded mark={page.data.mark} />
      <h1 className="item-title">
        {item.external_id || item.id} <CopyId id={item.id} />
      </h1>
      <article className="card item-text">
        {gone !== null ? (
          <p className="banner warn">{t("protection.erased", { notice: gone })}</p>
        ) : (
          <>
            <Fields body={item.body} />
            <p dir="auto">
              <Run text={textOf(item.body)} at={0} />
            </p>
          </>
        )}
        <p className="dim mono small">
          {item.digest} · {item.provenance.origin} · {item.provenance.source.name}
          {item.provenance.file && ` · ${item.provenance.file}`}
        </p>
        <ItemRights item={item} parents={parents} made={made} />
        {item.human_only && (
          <p className="banner warn">{t("item.human_only", { because: item.human_only })}</p>
        )}
      </article>
      <ItemProtection
        id={item.id}
        erased={gone !== null}
        mayErase={programme !== undefined && mayErase(me.data, programme.id)}
      />
      <h2>{t("item.decided")}</h2>
      {decisions.length === 0 && <p className="dim">{t("item.undecided")}</p>}
      {decisions.map((decision) => (
        <div key={decision.batch_id} className="card row wrap">
          <Status tone={decision.state === "decided" ? "ok" : decision.state === "disputed" ? "warn" : "dim"}>
            {t(`decision.${decision.state}`)}
          </Status>
          <b>{describe(decision.answer, entries)}</b>
          <span className="dim">{decision.because}</span>
          <Link to="/b/$batch" params={{ batch: decision.batch_id }}>
            {routes.find(({ batch_id }) => batch_id === decision.batch_id)?.batch ?? t("batch.name")}
          </Link>
        </div>
      ))}
      <h2>{t("item.why_here")}</h2>
      <ul className="plain">
        {routes.map((route) => (
          <li key={`${route.batch_id}.${route.rule}`}>
            <Link to="/b/$batch" params={{ batch: route.batch_id }}>
              {route.batch}
            </Link>
            : <b>{t(`queue.${route.queue as "verify"}`)}</b> – {route.because}
            {programme && (
              <>
                {" · "}
                <FileLink programme={programme.name} number={route.policy_number}>
                  {t("item.file", { number: route.policy_number })}
                </FileLink>
              </>
            )}
          </li>
        ))}
      </ul>
      <h2>{t("item.said", { count: judgements.length })}</h2>
      <ol className="timeline">
        {judgements.map((judgement) => (
          <Said
            key={judgement.id}
            judgement={judgement}
            item={page.data}
            programme={programme?.name}
            entries={entries}
            all={judgements}
          />
        ))}
      </ol>
      {releases.length > 0 && (
        <>
          <h2>{t("item.released")}</h2>
          <ul className="plain">
            {releases.map(({ id: release, name, number }) => (
              <li key={release}>
                {programme ? (
                  <Link
                    to="/p/$programme"
                    params={{ programme: programme.name }}
                    search={{ tab: "releases" }}
                  >
                    {name} #{number}
                  </Link>
                ) : (
                  `${name} #${number}`
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </Page>
  )
}

interface SaidProps {
  readonly judgement: Judgement
  readonly item: ItemPage
  readonly programme: string | undefined
  readonly entries: readonly Entry[]
  readonly all: readonly Judgement[]
}

function Said({ judgement, item, programme, entries, all }: SaidProps) {
  const versions = new Map(item.versions.map((version) => [version.id, version]))
  const { actor, stance, answer, comment, confidence, said_at, active_ms, surplus, saw } = judgement
  const editor = useEditor(judgement.task.name).data
  const under = [judgement.ontology_id, saw.guideline_id].flatMap((id) => versions.get(id ?? "") ?? [])
  const withdrawn = all.some(({ revision_of }) => revision_of === judgement.id)
  return (
    <li className={`said${withdrawn ? " withdrawn" : ""}`}>
      <header>
        <b>
          <ActorLink actor={actor} programme={programme} />
        </b>
        {actor.version && <span className="dim">{actor.version}</span>}
        <span className="chip">{t(`actor.${actor.kind}`)}</span>
        {actor.simulated && <span className="chip">{t("people.simulated")}</span>}
        <span>{t(`stance.${stance}`)}</span>
        {withdrawn && <span className="chip warn">{t("item.revised")}</span>}
        {surplus && <span className="chip">{t("item.surplus")}</span>}
        <span className="grow" />
        <Link to="/j/$judgement" params={{ judgement: judgement.id }}>
          {t("trace.trace")}
        </Link>
        <time className="dim">{moment(said_at)}</time>
      </header>
      {answer !== null &&
        answer !== undefined &&
        (editor ? (
          <editor.Answer
            body={item.item.body}
            answer={answer}
            against={[]}
            entries={entries}
            params={judgement.task.params}
          />
        ) : (
          <span className="dim">{describe(answer, entries)}</span>
        ))}
      {comment && <blockquote dir="auto">{comment}</blockquote>}
      <p className="dim num">
        {[
          confidence !== null && t("item.confidence", { value: decimal(confidence) }),
          actor.kind === "person" && t(`saw.${saw.shown}`),
          saw.others.length > 0 && t("saw.others", { count: saw.others.length }),
          active_ms !== null && t("item.active", { seconds: decimal(active_ms / 1000, 1) }),
        ]
          .filter(Boolean)
          .join(" · ")}
        {under.map(({ id, kind, number }) => (
          <span key={id}>
            {" · "}
            <VersionLink id={id}>{t(`lineage.${kind}`, { number })}</VersionLink>
          </span>
        ))}
      </p>
    </li>
  )
}
