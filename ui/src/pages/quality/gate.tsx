import { useQuery } from "@tanstack/react-query"
import { Link, useParams, useSearch } from "@tanstack/react-router"
import { get } from "@/api/http"
import type { BatchPage } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { nameOf } from "@/parts/evidence"
import { Guarded } from "@/parts/guarded"
import { useFreshAfterJobs } from "@/parts/jobs"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import { Tabs } from "@/parts/tabs"
import { Curve } from "./curve"
import { Disagreements } from "./disagreements"
import { ErrorsOf } from "./errors"
import { History } from "./history"
import { Report } from "./report"
import type { Gate, Sample } from "./types"

const TABS = ["promise", "errors", "disagreements"] as const
type Tab = (typeof TABS)[number]

const SAMPLES: Column<Sample>[] = [
  {
    key: "number",
    title: t("quality.sample"),
    by: ({ number }) => number,
    cell: ({ number }) => count(number),
  },
  {
    key: "drawn",
    title: t("quality.drawn"),
    by: ({ drawn }) => drawn,
    number: true,
    cell: ({ drawn, drawn_from, left_out }) => (
      <>
        {t("quality.of", { n: count(drawn), of: count(drawn_from) })}
        {left_out > 0 && <small>{t("quality.left_out", { n: count(left_out) })}</small>}
      </>
    ),
  },
  {
    key: "judged",
    title: t("quality.judged"),
    by: ({ judged }) => judged,
    number: true,
    cell: ({ judged, opened, nobody_left }) => (
      <>
        {t("quality.of", { n: count(judged), of: count(opened) })}
        {nobody_left > 0 && (
          <small className="bad">{t("quality.nobody_left", { n: count(nobody_left) })}</small>
        )}
      </>
    ),
  },
  {
    key: "how",
    title: t("quality.how"),
    wide: true,
    cell: ({ by, stage }) =>
      t("quality.drawn_how", { by: by.join(", "), stage: t(`quality.stage.${stage}`) }),
  },
  {
    key: "audit",
    title: t("quality.audit_batch"),
    cell: ({ audit_id }) =>
      audit_id ? (
        <Link to="/b/$batch" params={{ batch: audit_id }}>
          {t("quality.open_audit")}
        </Link>
      ) : null,
  },
]

/** A batch's gate in depth: what was promised, what was measured, who decided, and what happened when it failed. */
export default function GateRoom() {
  const { batch: id = "" } = useParams({ strict: false }) as { batch?: string }
  const { tab = "promise" } = useSearch({ strict: false }) as { tab?: Tab }
  const batch = useQuery({ queryKey: ["batch", id], queryFn: () => get<BatchPage>(`/batches/${id}`) })
  const gate = useQuery({
    queryKey: ["gate", id],
    queryFn: () => get<Gate>(`/batches/${id}/gate`),
    refetchInterval: 10_000,
  })
  useFreshAfterJobs(batch.data?.batch.programme_id ?? "")
  const programme = batch.data?.programme
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    ...(programme ? [{ text: programme, to: `/p/${programme}` }] : []),
    ...(batch.data ? [{ text: batch.data.batch.name, to: `/b/${id}` }] : []),
    { text: t("quality.gate") },
  ]
  const error = batch.error ?? gate.error
  if (error || !batch.data || !gate.data) {
    return <Page crumbs={crumbs}>{error && <Problem error={error} retry={() => void gate.refetch()} />}</Page>
  }
  const delivered = (batch.data.batch.purpose as string) === "delivery"
  return (
    <Page crumbs={crumbs}>
      <Guarded mark={batch.data.mark} />
      <h1>
        {t("quality.gate_of", { batch: batch.data.batch.name })}
        <small className="dim">{gate.data.verdicts[0]?.proved ?? t("quality.nothing_proved")}</small>
      </h1>
      <Tabs
        label={t("quality.parts")}
        tabs={TABS.map((key) => [key, t(`quality.tab.${key}`)] as const)}
        at={tab}
      />
      {tab === "errors" && (
        <>
          {delivered && <Report batch={id} />}
          <ErrorsOf batch={id} redo={!delivered} refresh={() => void gate.refetch()} />
        </>
      )}
      {tab === "disagreements" && <Disagreements batch={id} programme={programme} />}
      {tab === "promise" && <Promised gate={gate.data} />}
    </Page>
  )
}

function Promised({ gate }: { gate: Gate }) {
  const { promise, plan, samples, verdicts } = gate
  if (!promise) return <Empty title={t("gate.none")} because={t("gate.none_because")} />
  return (
    <>
      <div className="gate-promise">
        <section aria-label={t("quality.promised")}>
          <h2>{t("quality.promised")}</h2>
          <p>{t("quality.owner", { owner: promise.owner })}</p>
          <ul>
            {promise.checks.map((one) => (
              <li key={JSON.stringify(one)}>{nameOf(one)}</li>
            ))}
          </ul>
          {promise.failed_batch.length > 0 && (
            <>
              <h3>{t("quality.contract")}</h3>
              <ul>
                {promise.failed_batch.map((one) => (
                  <li key={JSON.stringify(one)}>{nameOf(one)}</li>
                ))}
              </ul>
            </>
          )}
        </section>
        {plan && <Curve plan={plan} />}
      </div>
      <h2>{t("quality.samples")}</h2>
      <Table
        label={t("quality.samples")}
        rows={samples}
        columns={SAMPLES}
        keyOf={({ number }) => String(number)}
        empty={<p className="dim">{t("quality.no_sample")}</p>}
      />
      <h2>{t("quality.history")}</h2>
      {verdicts.length === 0 ? <p className="dim">{t("quality.no_verdict")}</p> : <History gate={gate} />}
    </>
  )
}
