import { IconPrinter } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import { useMe } from "@/api/session"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, moment } from "@/lib/format"
import { MeasuredCell } from "@/parts/measured"
import { Problem } from "@/parts/problem"
import { OutcomeStatus } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { Waiting } from "@/parts/waiting"
import { SignOffs } from "./sign-offs"
import { InTime, Terms } from "./sla-tables"
import type { ClientReport } from "./sla-types"

const PARTS = [
  "terms",
  "batches",
  "annotators",
  "escalations",
  "remediations",
  "credits",
  "definitions",
] as const
type Of<P extends "batches" | "annotators" | "escalations" | "remediations"> = ClientReport[P][number]

const BATCHES: Column<Of<"batches">>[] = [
  {
    key: "batch",
    title: t("sla.batch"),
    by: ({ batch }) => batch,
    cell: ({ batch, items }) => (
      <>
        <b>{batch}</b>
        <small>{t("evidence.n", { n: count(items) })}</small>
      </>
    ),
  },
  {
    key: "outcome",
    title: t("sla.outcome"),
    by: ({ outcome }) => outcome,
    cell: ({ outcome, failed_contract, waived_because }) => (
      <>
        <OutcomeStatus outcome={outcome} />
        {failed_contract && <small>{t("sla.failed_contract")}</small>}
        {waived_because && <small>{waived_because}</small>}
      </>
    ),
  },
  {
    key: "client",
    title: t("signing.word"),
    by: ({ client }) => client.state,
    cell: ({ client, outcome }) =>
      outcome === "fail" ? (
        "–"
      ) : (
        <>
          {t(`signing.${client.state}`)}
          {client.by && client.at !== null && (
            <small>{t("signing.by", { who: client.by, when: moment(client.at) })}</small>
          )}
        </>
      ),
  },
  {
    key: "agreement",
    title: t("sla.agreement"),
    cell: ({ agreement, agreement_floor }) => (
      <>
        <MeasuredCell measured={agreement} share />
        {agreement_floor !== null && <small>{t("sla.floor", { floor: agreement_floor })}</small>}
      </>
    ),
  },
  {
    key: "accuracy",
    title: t("sla.accuracy"),
    cell: ({ accuracy, accuracy_floor, proved }) => (
      <>
        <MeasuredCell measured={accuracy} share />
        {accuracy_floor !== null && <small>{t("sla.floor", { floor: accuracy_floor })}</small>}
        {proved && <small>{proved}</small>}
      </>
    ),
    wide: true,
  },
]

const ANNOTATORS: Column<Of<"annotators">>[] = [
  {
    key: "annotator",
    title: t("sla.annotator"),
    by: ({ annotator }) => annotator,
    cell: ({ annotator, simulated }) => (
      <>
        <code>{annotator}</code>
        {simulated && <small>{t("sla.simulated")}</small>}
      </>
    ),
  },
  {
    key: "right",
    title: t("sla.right"),
    number: true,
    by: ({ right }) => right,
    cell: ({ right, checked }) => t("sla.right_of", { right: count(right), checked: count(checked) }),
  },
  { key: "accuracy", title: t("sla.accuracy"), cell: (one) => <MeasuredCell measured={one} share /> },
  {
    key: "mistakes",
    title: t("sla.mistakes"),
    wide: true,
    cell: ({ mistakes }) => mistakes.join("; ") || "–",
  },
]

const when = (at: number | null) => (at === null ? "–" : moment(at))

const QUESTIONS: Column<Of<"escalations">>[] = [
  { key: "batch", title: t("sla.batch"), by: ({ batch }) => batch, cell: ({ batch }) => batch },
  {
    key: "asked",
    title: t("sla.asked"),
    by: ({ asked_at }) => asked_at,
    cell: ({ asked_at, due_at }) => (
      <>
        {moment(asked_at)}
        {due_at !== null && <small>{t("sla.due", { when: moment(due_at) })}</small>}
      </>
    ),
  },
  {
    key: "answered",
    title: t("sla.answered"),
    by: ({ answered_at }) => answered_at ?? 0,
    cell: ({ answered_at }) => when(answered_at),
  },
  {
    key: "in_time",
    title: t("sla.in_time"),
    cell: ({ in_time, working_hours }) => <InTime in_time={in_time} hours={working_hours} />,
  },
]

const REMEDIATIONS: Column<Of<"remediations">>[] = [
  { key: "batch", title: t("sla.batch"), by: ({ batch }) => batch, cell: ({ batch }) => batch },
  {
    key: "failed",
    title: t("sla.failed"),
    by: ({ failed_at }) => failed_at,
    cell: ({ failed_at, due_at }) => (
      <>
        {moment(failed_at)}
        {due_at !== null && <small>{t("sla.due", { when: moment(due_at) })}</small>}
      </>
    ),
  },
  {
    key: "ended",
    title: t("sla.ended"),
    by: ({ ended_at }) => ended_at ?? 0,
    cell: ({ ended_at }) => when(ended_at),
  },
  {
    key: "anew",
    title: t("sla.anew"),
    number: true,
    by: ({ labelled_anew }) => labelled_anew,
    cell: ({ labelled_anew }) => count(labelled_anew),
  },
  {
    key: "in_time",
    title: t("sla.in_time"),
    cell: ({ in_time, working_hours }) => <InTime in_time={in_time} hours={working_hours} />,
  },
]

/** The report that the client reads of a period: on the page, on paper, and as a file. */
export default function ClientReportPage() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const { on = "" } = useSearch({ strict: false }) as { on?: string }
  const go = useNavigate()
  const me = useMe().data
  const path = `/programmes/${encodeURIComponent(name)}/report`
  const asked = on ? { on } : {}
  const page = useQuery({
    queryKey: ["report", name, on],
    queryFn: () => get<ClientReport>(path, asked),
    retry: false,
  })
  const sees = me?.owner || me?.roles.some((one) => one.programme === name && one.role !== "client")
  const others = me?.roles.filter((one) => one.role === "client" && one.programme !== name) ?? []
  const crumbs = [
    ...(sees
      ? [
          { text: t("place.programmes"), to: "/" },
          { text: name, to: `/p/${name}` },
          { text: t("sla.title"), to: `/p/${name}/sla` },
        ]
      : [{ text: name }]),
    { text: t("sla.report") },
  ]
  const report = page.data
  return (
    <Page
      crumbs={crumbs}
      actions={
        <>
          <Link className="btn" to="/p/$programme/statement" params={{ programme: name }}>
            {t("rooms.statement")}
          </Link>
          <button type="button" className="btn" onClick={() => window.print()}>
            <IconPrinter size={16} aria-hidden /> {t("sla.print")}
          </button>
        </>
      }
    >
      <h1>
        {report?.title ?? t("sla.report")}
        {report && (
          <small className="dim">
            {t("sla.about", {
              client: report.client,
              from: report.first_day,
              to: report.last_day,
              at: moment(report.as_of),
            })}
          </small>
        )}
      </h1>
      {!sees && <Waiting but={name} />}
      <form className="row sla-asked" onSubmit={(event) => event.preventDefault()}>
        <label className="field">
          {t("sla.month")}
          <input
            type="date"
            value={on}
            onChange={(event) =>
              void go({
                to: "/p/$programme/report",
                params: { programme: name },
                search: event.target.value ? { on: event.target.value } : {},
              })
            }
          />
        </label>
        <nav className="row grow" aria-label={t("sla.report_parts")}>
          <a className="btn small" href={address(path, { ...asked, format: "pdf" })} download>
            PDF
          </a>
          <a className="btn small" href={address(path, { ...asked })} download={`${name}.json`}>
            JSON
          </a>
          {PARTS.map((part) => (
            <a
              key={part}
              className="btn small"
              href={address(path, { ...asked, format: "csv", part })}
              download
            >
              CSV: {part}
            </a>
          ))}
        </nav>
      </form>
      {others.length > 0 && (
        <p>
          {t("sla.others")}:{" "}
          {others.map(({ programme }) => (
            <Link key={programme} to="/p/$programme/report" params={{ programme }}>
              {programme}
            </Link>
          ))}
        </p>
      )}
      {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      {report && (
        <SignOffs
          programme={name}
          signs={me?.roles.some((one) => one.programme === name && one.role === "client") ?? false}
        />
      )}
      {report && <Body report={report} />}
    </Page>
  )
}

function Body({ report }: { report: ClientReport }) {
  return (
    <>
      {!report.over && <p className="dim">{t("sla.running")}</p>}
      <Terms {...report} />
      <h2>{t("sla.batches")}</h2>
      <Table
        label={t("sla.batches")}
        rows={report.batches}
        columns={BATCHES}
        keyOf={({ batch }) => batch}
        empty={<p className="dim">{t("sla.batches_none")}</p>}
      />
      <h2>{t("sla.annotators")}</h2>
      <Table
        label={t("sla.annotators")}
        rows={report.annotators}
        columns={ANNOTATORS}
        keyOf={({ annotator }) => annotator}
        empty={<p className="dim">{t("sla.annotators_none")}</p>}
      />
      <h2>{t("sla.escalations")}</h2>
      <Table
        label={t("sla.escalations")}
        rows={report.escalations}
        columns={QUESTIONS}
        keyOf={({ batch, asked_at }) => `${batch} ${asked_at}`}
        empty={<p className="dim">{t("sla.escalations_none")}</p>}
      />
      <h2>{t("sla.remediations")}</h2>
      <Table
        label={t("sla.remediations")}
        rows={report.remediations}
        columns={REMEDIATIONS}
        keyOf={({ batch, failed_at }) => `${batch} ${failed_at}`}
        empty={<p className="dim">{t("sla.remediations_none")}</p>}
      />
      <h2>{t("sla.definitions")}</h2>
      <dl className="sla-words">
        {report.definitions.map(({ word, means }) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
