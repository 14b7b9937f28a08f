import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { address, get, post, Refusal } from "@/api/http"
import type { ProgrammePage } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, moment, relative } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Running, useFreshAfterJobs } from "@/parts/jobs"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { useRows } from "@/parts/rows"
import { OutcomeStatus } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { Tabs } from "@/parts/tabs"
import { ImportDialog } from "../import-dialog"
import { Labels } from "./labels"
import type { Audit, Delivery } from "./types"

const TABS = ["deliveries", "audits", "labels"] as const
type Tab = (typeof TABS)[number]

const DELIVERIES: Column<Delivery>[] = [
  {
    key: "name",
    title: t("quality.delivery"),
    by: ({ name }) => name,
    wide: true,
    cell: ({ name, file, replaces }) => (
      <>
        <b>{name}</b>
        <small>{replaces ? t("quality.redelivery", { file }) : file}</small>
      </>
    ),
  },
  {
    key: "provider",
    title: t("quality.provider"),
    by: ({ provider }) => provider,
    cell: ({ provider }) => provider,
  },
  {
    key: "items",
    title: t("quality.labels"),
    by: ({ items }) => items,
    number: true,
    cell: ({ items, rejects, import_id }) => (
      <>
        {count(items)}
        {rejects > 0 && (
          <a href={address(`/imports/${import_id}/rejects`, { format: "csv" })} download>
            <small>{t("quality.rejected", { n: count(rejects) })}</small>
          </a>
        )}
      </>
    ),
  },
  {
    key: "state",
    title: t("quality.state"),
    by: ({ state }) => state,
    cell: ({ state, replaced_by }) =>
      replaced_by ? t("quality.replaced") : t(`quality.delivery_state.${state}`),
  },
  {
    key: "received",
    title: t("quality.received"),
    by: ({ received_at }) => received_at,
    cell: ({ received_at }) => moment(received_at),
  },
]

/** What providers delivered, and the audits of what was delivered to clients. */
export default function QualityRoom() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const { tab = "deliveries" } = useSearch({ strict: false }) as { tab?: Tab }
  const page = useQuery({
    queryKey: ["programme", name],
    queryFn: () => get<ProgrammePage>(`/programmes/${encodeURIComponent(name)}`),
  })
  useFreshAfterJobs(page.data?.programme.id ?? "")
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    { text: name, to: `/p/${name}` },
    { text: t("quality.title") },
  ]
  if (page.error || !page.data) {
    return (
      <Page crumbs={crumbs}>
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </Page>
    )
  }
  return (
    <Page crumbs={crumbs}>
      <h1>
        {t("quality.title")}
        <small className="dim">{t("quality.about")}</small>
      </h1>
      <Tabs
        label={t("quality.parts")}
        tabs={TABS.map((key) => [key, t(`quality.tab.${key}`)] as const)}
        at={tab}
      />
      {tab === "audits" && <Audits programme={name} />}
      {tab === "labels" && <Labels programme={name} />}
      {tab === "deliveries" && <Deliveries page={page.data} />}
    </Page>
  )
}

function Deliveries({ page: { programme: about, may } }: { page: ProgrammePage }) {
  const programme = about.name
  const go = useNavigate()
  const [receiving, setReceiving] = useState(false)
  const path = `/programmes/${encodeURIComponent(programme)}/deliveries`
  const { rows, ...list } = useRows<Delivery>(path, {}, 10_000)
  const receive = may.includes("deliver") && (
    <button type="button" className="btn primary" onClick={() => setReceiving(true)}>
      {t("quality.receive")}
    </button>
  )
  return (
    <>
      {receive && rows && rows.length > 0 && <div className="row toolbar">{receive}</div>}
      <Running programme_id={about.id} />
      <Table
        label={t("quality.tab.deliveries")}
        rows={rows}
        columns={DELIVERIES}
        keyOf={({ batch_id }) => batch_id}
        onOpen={({ batch_id }) =>
          void go({ to: "/b/$batch/gate", params: { batch: batch_id }, search: { tab: "errors" } })
        }
        csv={address(path, { format: "csv" })}
        keys
        {...list}
        empty={
          <Empty title={t("quality.no_delivery")} because={t("quality.no_delivery_because")}>
            {receive}
            <code>goldloop delivery receive {programme} FILE --provider NAME</code>
          </Empty>
        }
      />
      {receiving && (
        <ImportDialog
          programme={about}
          models={[]}
          delivery={{
            rejected: rows?.filter(({ state, replaced_by }) => state === "held" && !replaced_by) ?? [],
          }}
          close={() => setReceiving(false)}
        />
      )}
    </>
  )
}

function Audits({ programme }: { programme: string }) {
  const queries = useQueryClient()
  const path = `/programmes/${encodeURIComponent(programme)}/audits`
  const { rows, error, retry } = useRows<Audit>(path, {}, 10_000)
  if (error) return <Problem error={error} retry={retry} />
  if (rows?.length === 0)
    return <Empty title={t("quality.no_audit")} because={t("quality.no_audit_because")} />
  const run = (name: string) =>
    post(`${path}/${encodeURIComponent(name)}/run`)
      .then(() => tell(t("quality.audit_running")))
      .catch((refusal: unknown) => tell(refusal instanceof Refusal ? refusal.sentence : String(refusal)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  return (
    <>
      {rows?.map((audit) => (
        <section key={audit.name} className="audit" aria-label={audit.name}>
          <header className="row">
            <h2>{audit.name}</h2>
            <span className="dim grow">
              {t("quality.audit_about", {
                release: audit.release,
                owner: audit.owner,
                days: audit.every_days,
              })}
              {audit.due_at !== null && <> · {t("work.due", { when: relative(audit.due_at) })}</>}
            </span>
            <button type="button" className="btn" onClick={() => void run(audit.name)}>
              {t("quality.run_audit")}
            </button>
          </header>
          {audit.runs.length === 0 && <p className="dim">{t("quality.no_run")}</p>}
          <ol className="gate-history">
            {audit.runs.map((one) => (
              <li key={one.batch_id}>
                {one.verdict && <OutcomeStatus outcome={one.verdict.outcome} />}{" "}
                <Link to="/b/$batch" params={{ batch: one.batch_id }}>
                  {one.batch}
                </Link>{" "}
                <span className="dim">{moment(one.started_at)}</span>
                <p>
                  {t("quality.run_about", {
                    release: one.release,
                    wrong: count(one.wrong),
                    judged: count(one.judged),
                    labels: count(one.labels),
                  })}
                </p>
                {one.nobody_left > 0 && (
                  <p className="banner warn">{t("quality.nobody_left", { n: count(one.nobody_left) })}</p>
                )}
                {one.verdict?.proved && <p className="proved">{one.verdict.proved}</p>}
                {one.affected_batches.length > 0 && (
                  <p className="banner warn">
                    {t("quality.affected", {
                      batches: one.affected_batches.map(({ name }) => name).join(", "),
                      releases: one.affected_releases
                        .map(({ name, number, received_by }) => {
                          const who = received_by.map(({ who }) => who).join(", ") || t("quality.nobody")
                          return `${name} ${number} (${who})`
                        })
                        .join(", "),
                    })}
                  </p>
                )}
              </li>
            ))}
          </ol>
        </section>
      ))}
    </>
  )
}
