import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { get } from "@/api/http"
import type { Finding, Forecast, Overview, ProgrammePage, Stream, WaitingRow } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, day, decimal, money, percent, relative } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { nameOf } from "@/parts/evidence"
import { Flow } from "@/parts/flow"
import { Problem } from "@/parts/problem"
import { Sparkline } from "@/parts/sparkline"
import { StandingCell } from "@/parts/standing"
import { OutcomeStatus, Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { FirstSteps } from "./first-steps"
import { MeasuredOn } from "./measured-on"
import { Pace } from "./pace"

const EVERY = 30_000

interface Props {
  readonly page: ProgrammePage
  readonly startImport: (() => void) | undefined
  readonly route: (() => void) | undefined
}

/** Where the programme stands, from rule to outcome; every number leads to what is behind it. */
export function OverviewPart({ page, startImport, route }: Props) {
  const { programme } = page
  const empty = programme.items + programme.unrouted === 0
  const overview = useQuery({
    queryKey: ["overview", programme.id],
    queryFn: () => get<Overview>(`/programmes/${programme.id}/overview`),
    refetchInterval: EVERY,
  })
  if (overview.error) return <Problem error={overview.error} retry={() => void overview.refetch()} />
  if (!overview.data) return null
  if (empty) return <FirstSteps page={page} startImport={startImport} route={route} />
  const { scope, flow, queues, cost, currency, findings } = overview.data
  const words = { batches: count(scope.batches), of: count(scope.of), items: count(scope.items) }
  return (
    <>
      <FirstSteps page={page} startImport={startImport} route={route} />
      <ul className="key-numbers five">
        <li>
          <h2>{t("overview.standing")}</h2>
          <StandingCell standing={programme.standing} />
        </li>
        <li>
          <h2>{t("programmes.accuracy")}</h2>
          <MeasuredOn evidence={programme.accuracy} floor={programme.floor} />
          <Sparkline points={programme.accuracy_history} floor={programme.floor} />
        </li>
        <li>
          <h2>{t("programmes.agreement")}</h2>
          <MeasuredOn evidence={programme.agreement} />
        </li>
        <li>
          <h2>{t("overview.pace")}</h2>
          <Pace row={programme} />
        </li>
        <li>
          <h2>{t("overview.left")}</h2>
          <Left overview={overview.data} />
        </li>
      </ul>
      <section className="card" aria-labelledby="flow-title">
        <h2 id="flow-title">{t("overview.flow")}</h2>
        {flow.length === 0 ? (
          <p className="dim">{t("routing.none_because")}</p>
        ) : (
          <>
            <p className="dim small">
              {scope.batches < scope.of
                ? t("overview.scope_some", words)
                : t("overview.scope_all", { ...words, count: scope.of })}
            </p>
            <Flow streams={flow} />
            <details>
              <summary>{t("overview.flow_table")}</summary>
              <FlowTable streams={flow} />
            </details>
          </>
        )}
      </section>
      <h2>{t("overview.queues")}</h2>
      <Queues rows={queues} />
      <h2>{t("overview.findings")}</h2>
      <Findings rows={findings} />
      <p>
        <Link to="/p/$programme/briefs" params={{ programme: programme.name }}>
          {t("overview.briefs")}
        </Link>
      </p>
      <h2>{t("overview.cost")}</h2>
      <Costs rows={cost} currency={currency} />
    </>
  )
}

/** What is left to do, and when it is done: at the pace of late, and on the hours that people are rostered for. */
function Left({ overview: { effort, finish, rostered } }: { overview: Overview }) {
  if (effort.value === 0) return <Status tone="ok">{t("overview.none_open")}</Status>
  return (
    <>
      <Link to="." search={{ tab: "items", open_in: "any" }} className="plain-link">
        <ForecastWords forecast={effort} say={hours} />
      </Link>
      <dl className="ends">
        <div>
          <dt>{t("overview.finish")}</dt>
          <dd>
            <ForecastWords forecast={finish} say={day} />
          </dd>
        </div>
        <div>
          <dt>
            <Link to="." search={{ tab: "people" }}>
              {t("overview.rostered")}
            </Link>
          </dt>
          <dd>
            <ForecastWords forecast={rostered} say={day} />
          </dd>
        </div>
      </dl>
    </>
  )
}

/** Hours of people; less than one in minutes. */
const hours = (value: number) =>
  value < 1
    ? t("overview.minutes", { minutes: count(Math.round(60 * value)) })
    : t("overview.hours", { hours: decimal(value, 1) })

function ForecastWords({ forecast, say }: { forecast: Forecast; say: (value: number) => string }) {
  const { value, low, high, level, n, method, because } = forecast
  return (
    <span className="evidence-cell" title={method}>
      {value === null ? (
        <span className="dim">{t("overview.unknown_because", { because })}</span>
      ) : (
        <>
          <b className="num">{say(value)}</b>
          <small>
            {low !== null &&
              high !== null &&
              t("evidence.interval", { level: percent(level, 0), low: say(low), high: say(high) })}
            {" · "}
            {t("evidence.n", { n: count(n) })}
          </small>
        </>
      )}
    </span>
  )
}

const FLOW_COLUMNS: Column<Stream>[] = [
  { key: "rule", title: t("routing.rule"), by: ({ rule }) => rule, wide: true, cell: ({ rule }) => rule },
  {
    key: "queue",
    title: t("item.routed"),
    by: ({ queue }) => queue,
    cell: ({ queue }) => t(`queue.${queue}`),
  },
  { key: "tier", title: t("overview.tier"), by: ({ tier }) => tier, cell: ({ tier }) => `T${tier}` },
  {
    key: "state",
    title: t("overview.outcome"),
    by: ({ state }) => state,
    cell: ({ state }) => t(`decision.${state}`),
  },
  {
    key: "items",
    title: t("import.items"),
    by: ({ items }) => items,
    number: true,
    cell: ({ rule, queue, state, items }) => (
      <Link to="." search={{ tab: "items", rule, queue, state }}>
        {count(items)}
      </Link>
    ),
  },
]

function FlowTable({ streams }: { streams: readonly Stream[] }) {
  return (
    <Table
      label={t("overview.flow")}
      rows={streams}
      columns={FLOW_COLUMNS}
      keyOf={({ rule, queue, tier, state }) => [rule, queue, tier, state].join(".")}
      empty={null}
    />
  )
}

const AGES = ["hue-8", "hue-3", "hue-2", "hue-7", "hue-4"]

function Queues({ rows }: { rows: readonly WaitingRow[] }) {
  const columns: Column<WaitingRow>[] = [
    {
      key: "queue",
      title: t("item.routed"),
      by: ({ queue }) => queue,
      cell: ({ queue, tier }) => (
        <Link to="." search={{ tab: "items", open_in: queue, tier: String(tier) }} className="strong">
          {t(`queue.${queue}`)} <span className="dim">T{tier}</span>
        </Link>
      ),
    },
    {
      key: "ready",
      title: t("overview.ready"),
      number: true,
      by: ({ ready }) => ready,
      cell: ({ queue, tier, ready }) => (
        <Link to="." search={{ tab: "items", waits_in: queue, tier: String(tier) }}>
          {count(ready)}
        </Link>
      ),
    },
    {
      key: "leased",
      title: t("overview.in_hand"),
      number: true,
      by: ({ leased }) => leased,
      cell: ({ queue, tier, leased }) =>
        leased === 0 ? (
          "0"
        ) : (
          <Link to="." search={{ tab: "items", in_hand: queue, tier: String(tier) }}>
            {count(leased)}
          </Link>
        ),
    },
    {
      key: "oldest",
      title: t("overview.oldest"),
      by: ({ oldest_at }) => oldest_at,
      cell: ({ oldest_at }) => (oldest_at === null ? "–" : relative(oldest_at)),
    },
    { key: "ages", title: t("overview.ages"), wide: true, cell: (row) => <Ages row={row} /> },
  ]
  return (
    <Table
      label={t("overview.queues")}
      rows={rows}
      columns={columns}
      keyOf={({ queue, tier }) => `${queue}.${tier}`}
      empty={<Empty title={t("overview.none_waits")} because={t("overview.none_waits_because")} />}
    />
  )
}

/** The ages of waiting works as one bar; the words under it say the same. */
function Ages({ row: { ages, counted } }: { row: WaitingRow }) {
  let x = 0
  const parts = ages.filter(({ works }) => works > 0).map(({ age, works }) => `${count(works)} ${age}`)
  return (
    <>
      <svg className="ages" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        {ages.map(({ age, works }, at) => {
          const width = counted ? (100 * works) / counted : 0
          const left = x
          x += width
          return <rect key={age} className={AGES[at]} x={left} width={width} height="6" />
        })}
      </svg>
      <small>{t("overview.ages_of", { counted: count(counted), parts: parts.join(", ") || "–" })}</small>
    </>
  )
}

const FINDING_COLUMNS: Column<Finding>[] = [
  {
    key: "batch",
    title: t("overview.batch"),
    by: ({ batch }) => batch,
    cell: ({ batch, batch_id }) => (
      <Link to="/b/$batch" params={{ batch: batch_id }} className="strong">
        {batch}
      </Link>
    ),
  },
  {
    key: "outcome",
    title: t("overview.outcome"),
    by: ({ outcome }) => outcome,
    cell: ({ outcome }) => <OutcomeStatus outcome={outcome} />,
  },
  {
    key: "check",
    title: t("overview.check"),
    by: ({ check }) => check.name,
    cell: ({ check }) => nameOf(check),
  },
  {
    key: "because",
    title: t("overview.why"),
    wide: true,
    cell: ({ because, brief_id }) =>
      brief_id ? (
        <Link to="/brief/$brief" params={{ brief: brief_id }}>
          {because}
        </Link>
      ) : (
        because
      ),
  },
  {
    key: "since",
    title: t("overview.since"),
    by: ({ decided_at }) => decided_at,
    cell: ({ decided_at }) => relative(decided_at),
  },
]

function Findings({ rows }: { rows: readonly Finding[] }) {
  return (
    <Table
      label={t("overview.findings")}
      rows={rows}
      columns={FINDING_COLUMNS}
      keyOf={({ batch_id, check }) => `${batch_id}.${JSON.stringify(check)}`}
      empty={
        <p>
          <Status tone="ok">{t("overview.findings_none")}</Status>
        </p>
      }
    />
  )
}

function Costs({ rows, currency }: { rows: Overview["cost"]; currency: string }) {
  type Row = Overview["cost"][number]
  const columns: Column<Row>[] = [
    { key: "tier", title: t("overview.tier"), by: ({ tier }) => tier, cell: ({ tier }) => `T${tier}` },
    {
      key: "judgements",
      title: t("overview.judgements"),
      by: ({ judgements }) => judgements,
      number: true,
      cell: ({ tier, judgements, items }) => (
        <>
          {count(judgements)}
          <small>
            <Link to="." search={{ tab: "items", answered_at: String(tier) }}>
              {t("batch.on_items", { count: items })}
            </Link>
          </small>
        </>
      ),
    },
    {
      key: "cost",
      title: t("overview.cost_total"),
      by: ({ cost }) => cost,
      number: true,
      cell: ({ cost, because }) => (cost === null ? <small>{because}</small> : money(cost, currency)),
    },
    {
      key: "each",
      title: t("overview.cost_a_judgement"),
      by: ({ cost, counted }) => (cost === null ? null : cost / counted),
      number: true,
      cell: ({ cost, counted }) =>
        cost === null ? (
          "–"
        ) : (
          <>
            {money(cost / counted, currency)}
            <small>{t("overview.timed", { n: count(counted) })}</small>
          </>
        ),
    },
  ]
  return (
    <Table
      label={t("overview.cost")}
      rows={rows}
      columns={columns}
      keyOf={({ tier }) => String(tier)}
      empty={<Empty title={t("overview.cost_none")} because={t("overview.cost_none_because")} />}
    />
  )
}
