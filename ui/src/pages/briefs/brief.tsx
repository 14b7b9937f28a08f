import "@/styles/briefs.css"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { Fragment, useState } from "react"
import { get, putTo, Refusal } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, moment, relative } from "@/lib/format"
import { EvidenceCard } from "@/parts/evidence"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { type Act, ActOn } from "./acts"
import { BriefStatus, Due, Marks } from "./state"
import type { Bought, Brief, Step } from "./types"

const ACTS: readonly Act[] = ["remedy", "repaired", "postpone", "waive"]

/** One finding: what opened it, what is done about it, and what repairing it bought. */
export default function BriefRoom() {
  const { brief: id = "" } = useParams({ strict: false }) as { brief?: string }
  const [act, setAct] = useState<Act | null>(null)
  const queries = useQueryClient()
  const page = useQuery({
    queryKey: ["brief", id],
    queryFn: () => get<Brief>(`/briefs/${id}`),
    refetchInterval: 30_000,
  })
  const brief = page.data
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    ...(brief
      ? [
          { text: brief.programme, to: `/p/${brief.programme}` },
          { text: t("briefs.title"), to: `/p/${brief.programme}/briefs` },
        ]
      : []),
    { text: brief?.title ?? t("briefs.one") },
  ]
  if (page.error || !brief) {
    return (
      <Page crumbs={crumbs}>
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </Page>
    )
  }
  const fresh = (now: Brief) => {
    queries.setQueryData(["brief", id], now)
    if (now.job) tell(t("briefs.work_opens"))
    void queries.invalidateQueries({ queryKey: ["briefs"] })
  }
  const take = () =>
    putTo<Brief>(`/briefs/${id}/owner`, {})
      .then(fresh)
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
  const over = brief.state === "closed" || brief.state === "waived"
  const acts = ACTS.filter((one) => one !== "waive" || brief.source !== "gate")
  return (
    <Page
      crumbs={crumbs}
      actions={
        !over && (
          <>
            <button type="button" className="btn" onClick={() => void take()}>
              {t("briefs.act.take")}
            </button>
            {acts.map((one) => (
              <button key={one} type="button" className="btn" onClick={() => setAct(one)}>
                {t(`briefs.act.${one}`)}
              </button>
            ))}
          </>
        )
      }
    >
      <h1>{brief.title}</h1>
      <p className="brief-marks">
        <BriefStatus state={brief.state} /> <Marks brief={brief} /> <Due brief={brief} />
      </p>
      <dl className="brief-facts">
        <dt>{t("briefs.owner")}</dt>
        <dd>{brief.owner}</dd>
        <dt>{t("briefs.now")}</dt>
        <dd>{brief.because}</dd>
        <dt>{t("briefs.opened")}</dt>
        <dd>
          {moment(brief.opened_at)}
          {brief.since_at !== brief.opened_at && ` · ${t("briefs.again", { when: moment(brief.since_at) })}`}
        </dd>
        {brief.waivers.map(({ by, because, at }) => (
          <Fragment key={at}>
            <dt>{t("briefs.waiver")}</dt>
            <dd>
              {by}, {moment(at)}: {because}
            </dd>
          </Fragment>
        ))}
        <Scope brief={brief} />
      </dl>
      <BoughtPart rows={brief.bought} />
      <h2>{t("briefs.timeline")}</h2>
      <ol className="brief-timeline">
        {[...brief.timeline].reverse().map((step) => (
          <Line key={`${step.kind}-${step.at}-${step.because}`} step={step} />
        ))}
      </ol>
      {act && <ActOn brief={brief} act={act} close={() => setAct(null)} done={fresh} />}
    </Page>
  )
}

/** Which batches, items, labels and slices it is about. */
function Scope({ brief: { scope, items, item_count: named, batches } }: { brief: Brief }) {
  const rest = Object.entries(scope).filter(([, value]) => inWords(value))
  return (
    <>
      {rest.map(([key, value]) => (
        <Fragment key={key}>
          <dt>{key}</dt>
          <dd>{inWords(value)}</dd>
        </Fragment>
      ))}
      {batches.length > 0 && (
        <>
          <dt>{t("briefs.batches")}</dt>
          <dd className="brief-links">
            {batches.map(({ id, name }) => (
              <Link key={id} to="/b/$batch" params={{ batch: id }}>
                {name}
              </Link>
            ))}
          </dd>
        </>
      )}
      {named > 0 && (
        <>
          <dt>{t("briefs.items", { count: named })}</dt>
          <dd className="brief-links">
            {items.map(({ item_id, external_id }) => (
              <Link key={item_id} to="/i/$item" params={{ item: item_id }}>
                {external_id}
              </Link>
            ))}
            {named > items.length && (
              <span className="dim">{t("briefs.more", { n: count(named - items.length) })}</span>
            )}
          </dd>
        </>
      )}
    </>
  )
}

function inWords(value: unknown): string {
  if (value === null || value === undefined) return ""
  if (Array.isArray(value)) return value.map(inWords).join(", ")
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([key, of]) => `${key} = ${inWords(of)}`)
      .join(", ")
  }
  return String(value)
}

/** The numbers that opened it beside those that closed it. */
function BoughtPart({ rows }: { rows: readonly Bought[] }) {
  return (
    <>
      <h2>{t("briefs.bought")}</h2>
      {[...rows].reverse().map(({ opened_at, before, closed_at, after }) => (
        <div key={opened_at} className="brief-bought">
          <div>
            <h3>
              {t("briefs.before")} <small className="dim">{moment(opened_at)}</small>
            </h3>
            <Numbers {...before} />
          </div>
          <div>
            <h3>
              {t("briefs.after")} {closed_at && <small className="dim">{moment(closed_at)}</small>}
            </h3>
            {after ? <Numbers {...after} /> : <p className="dim">{t("briefs.not_yet")}</p>}
          </div>
        </div>
      ))}
    </>
  )
}

function Numbers({ because, evidence }: Bought["before"]) {
  if (evidence.length === 0) return <p>{because}</p>
  return (
    <>
      {evidence.map((one) => (
        <EvidenceCard key={one.id} evidence={one} />
      ))}
      <p className="dim small">{because}</p>
    </>
  )
}

function Line({ step: { kind, because, by, at } }: { step: Step }) {
  return (
    <li>
      <b>{t(`briefs.step.${kind}` as "briefs.step.opened")}</b> {because}
      <small className="dim" title={moment(at)}>
        {by ?? t("briefs.rule")} · {relative(at)}
      </small>
    </li>
  )
}
