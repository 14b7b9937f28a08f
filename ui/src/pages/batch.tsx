import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useParams, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { get, post, Refusal } from "@/api/http"
import type { BatchPage, Evidence } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, relative } from "@/lib/format"
import { CopyId } from "@/parts/copy"
import { EvidenceCard } from "@/parts/evidence"
import { Guarded } from "@/parts/guarded"
import { Running, useFreshAfterJobs } from "@/parts/jobs"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { ProgressLine } from "@/parts/progress"
import { QueueCards } from "@/parts/queue-cards"
import { Tabs } from "@/parts/tabs"
import { BatchAgreement } from "./batch/agreement"
import { BatchItems } from "./batch/items"
import { BatchPeople } from "./batch/people"
import { BatchRouting } from "./batch/routing"
import { CutRelease, Waive } from "./batch/rulings"
import { VerdictCard } from "./batch/verdict"
import { ClientsWord, Words } from "./quality/sign-offs"

const TABS = ["proof", "agreement", "items", "routing", "people"] as const
type Tab = (typeof TABS)[number]

const titleOf = (tab: Tab) => (tab === "agreement" ? t("programmes.agreement") : t(`batch.tab.${tab}`))

export default function BatchRoom() {
  const { batch: id = "" } = useParams({ strict: false }) as { batch?: string }
  const { tab = "proof" } = useSearch({ strict: false }) as { tab?: Tab }
  const [asking, setAsking] = useState<"waive" | "release" | null>(null)
  const queries = useQueryClient()
  const page = useQuery({
    queryKey: ["batch", id],
    queryFn: () => get<BatchPage>(`/batches/${id}`),
    refetchInterval: 5_000,
  })
  const programme = page.data?.programme
  useFreshAfterJobs(page.data?.batch.programme_id ?? "")
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    ...(programme ? [{ text: programme, to: `/p/${programme}` }] : []),
    { text: page.data?.batch.name ?? t("batch.name") },
  ]
  if (page.error || !page.data) {
    return (
      <Page crumbs={crumbs}>
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </Page>
    )
  }
  const { batch, progress, queues, evidence, verdicts } = page.data
  const audits = page.data.audits.filter(({ progress }) => progress.items > 0)
  const verdict = verdicts.toSorted((a, b) => b.decided_at - a.decided_at)[0]
  const opens = verdict && (verdict.outcome === "pass" || verdict.waiver !== null)
  const runGate = () =>
    post(`/batches/${id}/gate`)
      .then(() => tell(t("gate.running")))
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  return (
    <Page
      crumbs={crumbs}
      actions={
        <>
          {batch.gate && (
            <button type="button" className={`btn ${opens ? "" : "primary"}`} onClick={() => void runGate()}>
              {t("gate.run")}
            </button>
          )}
          {verdict && !opens && (
            <button type="button" className="btn" onClick={() => setAsking("waive")}>
              {t("gate.waive")}
            </button>
          )}
          {batch.purpose === "production" && (
            <button
              type="button"
              className={`btn ${opens ? "primary" : ""}`}
              disabled={batch.gate !== null && !opens}
              title={opens || !batch.gate ? undefined : t("release.gate_first")}
              onClick={() => setAsking("release")}
            >
              <Guarded mark={page.data.mark} />
              {t("release.cut")}
            </button>
          )}
        </>
      }
    >
      <h1>
        {batch.name}
        <small className="dim">
          <CopyId id={batch.id} />
          {t("batch.about", {
            purpose: batch.purpose.replaceAll("_", " "),
            items: count(batch.items),
            owner: batch.owner,
            number: page.data.policy_number,
          })}
          {batch.due_at !== null && <> · {t("work.due", { when: relative(batch.due_at) })}</>}
        </small>
      </h1>
      <ProgressLine progress={progress} />
      {programme && (
        <QueueCards
          queues={queues}
          programme={{ id: batch.programme_id, name: programme }}
          batch={batch.id}
        />
      )}
      <Tabs label={t("batch.parts")} tabs={TABS.map((key) => [key, titleOf(key)] as const)} at={tab} />
      <Running programme_id={batch.programme_id} />
      {tab === "agreement" && <BatchAgreement batch={batch} />}
      {tab === "items" && <BatchItems batch={batch} people={page.data.people} />}
      {tab === "routing" && <BatchRouting page={page.data} />}
      {tab === "people" && <BatchPeople people={page.data.people} />}
      {tab === "proof" && (
        <>
          <VerdictCard verdict={verdict} gate={batch.gate} evidence={evidence} run={() => void runGate()} />
          {verdict?.proved && <p className="proved">{verdict.proved}</p>}
          {page.data.sign_off && (
            <section className="sign-off" aria-label={t("signing.title")}>
              <ClientsWord one={page.data.sign_off} />
              <Words one={page.data.sign_off} />
            </section>
          )}
          <p>
            <Link to="/b/$batch/gate" params={{ batch: id }}>
              {t("quality.in_depth")}
            </Link>
          </p>
          {audits.length > 0 && (
            <p className="row wrap">
              {t("batch.audits")}:
              {audits.map(({ batch: audit, progress: at }) => (
                <Link key={audit.id} to="/b/$batch" params={{ batch: audit.id }}>
                  {audit.name} ({t("programmes.of", { decided: count(at.decided), items: count(at.items) })})
                </Link>
              ))}
              {audits.some(({ progress: at }) => at.decided < at.items) && (
                <span className="dim">{t("batch.audit_waits")}</span>
              )}
            </p>
          )}
          <h2>{t("evidence.title")}</h2>
          {evidence.length === 0 && <p className="dim">{t("evidence.nothing_yet")}</p>}
          <div className="evidence-cards">
            {evidence.map((one) => (
              <EvidenceCard key={one.id ?? JSON.stringify([one.measure, one.slice])} evidence={one}>
                <Behind evidence={one} batch={id} audit={audits[0]?.batch.id} />
              </EvidenceCard>
            ))}
          </div>
        </>
      )}
      {asking === "waive" && <Waive batch={batch} close={() => setAsking(null)} />}
      {asking === "release" && (
        <CutRelease
          programme_id={batch.programme_id}
          batch={batch}
          usual={programme}
          close={() => setAsking(null)}
        />
      )}
    </Page>
  )
}

interface BehindProps {
  readonly evidence: Evidence
  readonly batch: string
  readonly audit: string | undefined
}

/** What a number was measured on: judged items, disagreements, the items still open, or who took how long. */
function Behind({ evidence: { measure, slice }, batch, audit }: BehindProps) {
  const name = measure.name.replace(/\.v\d+$/, "")
  const words = t("evidence.behind")
  if (/agreement/.test(name)) {
    return (
      <Link to="/b/$batch/gate" params={{ batch }} search={{ tab: "disagreements" }}>
        {words}
      </Link>
    )
  }
  if (/accuracy|recall|precision/.test(name) && audit) {
    return (
      <Link to="/b/$batch" params={{ batch: audit }} search={{ tab: "items" }}>
        {words}
      </Link>
    )
  }
  if (/cost|time/.test(name)) {
    return (
      <Link to="." search={{ tab: "people" }}>
        {words}
      </Link>
    )
  }
  const [label] = Object.entries(slice).flatMap(([key, value]) => (key === "label" ? [value] : []))
  return (
    <Link to="." search={{ tab: "items", ...(label ? { label } : {}) }}>
      {words}
    </Link>
  )
}
