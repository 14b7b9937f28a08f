import { IconPlus, IconStack2 } from "@tabler/icons-react"
import { useQueryClient } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { address } from "@/api/http"
import { type ProgrammeRow, QUEUES } from "@/api/nouns"
import { useMe } from "@/api/session"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, money, percent } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { countedOf } from "@/parts/evidence"
import { Problem } from "@/parts/problem"
import { useRows } from "@/parts/rows"
import { Sparkline } from "@/parts/sparkline"
import { StandingCell } from "@/parts/standing"
import { type Column, Table } from "@/parts/table"
import { Waiting } from "@/parts/waiting"
import { BatchLink, MeasuredOn } from "./programme/measured-on"
import { Pace } from "./programme/pace"
import { beginWithSample } from "./sample"

const COLUMNS: Column<ProgrammeRow>[] = [
  {
    key: "title",
    title: t("programmes.title"),
    by: ({ title }) => title,
    wide: true,
    cell: ({ name, title, organisation }) => (
      <>
        <Link to="/p/$programme" params={{ programme: name }} className="strong">
          {title}
        </Link>
        <small>
          {name} · {organisation}
        </small>
      </>
    ),
  },
  {
    key: "decided",
    title: t("programmes.decided"),
    by: ({ decided, items }) => (items > 0 ? decided / items : null),
    number: true,
    cell: ({ name, decided, items, unrouted }) => (
      <>
        {items > 0 ? percent(decided / items) : "–"}
        <small>
          <Link to="/p/$programme" params={{ programme: name }} search={{ tab: "items", state: "decided" }}>
            {t("programmes.of", { decided: count(decided), items: count(items) })}
          </Link>
          {unrouted > 0 && <> · {t("overview.unrouted", { count: unrouted })}</>}
        </small>
      </>
    ),
  },
  {
    key: "queues",
    title: t("programmes.queues"),
    by: ({ queues }) => QUEUES.reduce((sum, queue) => sum + (queues[queue] ?? 0), 0),
    cell: ({ name, queues }) => (
      <span className="queue-counts">
        {QUEUES.map((queue) => (
          <Link
            key={queue}
            to="/p/$programme"
            params={{ programme: name }}
            search={{ tab: "items", waits_in: queue }}
            className={queues[queue] ? "" : "dim"}
          >
            {t(`queue.${queue}`)} <b className="num">{count(queues[queue] ?? 0)}</b>
          </Link>
        ))}
      </span>
    ),
  },
  {
    key: "standing",
    title: t("overview.standing"),
    by: ({ standing }) => standing.state,
    cell: ({ standing }) => <StandingCell standing={standing} />,
  },
  {
    key: "accuracy",
    title: t("programmes.accuracy"),
    by: ({ accuracy }) => accuracy?.value,
    cell: ({ accuracy, accuracy_history, floor }) => (
      <span className="row tight">
        <MeasuredOn evidence={accuracy} floor={floor} />
        <Sparkline points={accuracy_history} floor={floor} />
      </span>
    ),
  },
  {
    key: "agreement",
    title: t("programmes.agreement"),
    by: ({ agreement }) => agreement?.value,
    cell: ({ agreement }) => <MeasuredOn evidence={agreement} />,
  },
  {
    key: "pace",
    title: t("overview.pace"),
    by: ({ pace }) => pace.decided / pace.days,
    cell: (row) => <Pace row={row} />,
  },
  {
    key: "cost",
    title: t("overview.cost_an_item"),
    by: ({ cost }) => cost?.value,
    cell: ({ cost, currency }) =>
      cost?.value == null ? (
        <span className="dim">{t("evidence.none")}</span>
      ) : (
        <BatchLink evidence={cost}>
          <b className="num">{money(cost.value, currency)}</b>
          <small>{countedOf(cost)}</small>
        </BatchLink>
      ),
  },
]

/** All programmes, one row each: what needs a decision is visible from here. */
export default function Programmes() {
  const go = useNavigate()
  const { rows, pages: _pages, ...list } = useRows<ProgrammeRow>("/programmes", {}, 15_000)
  const { data: me } = useMe()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<unknown>(null)
  const sample = async () => {
    setBusy(true)
    setRefused(null)
    const organisation =
      typeof me?.organisation === "string" ? me.organisation : (me?.organisation?.name ?? "")
    try {
      const programme = await beginWithSample({ organisation, owner: me?.account ?? "", predicted: false })
      await queries.invalidateQueries()
      await go({ to: "/p/$programme", params: { programme } })
    } catch (error) {
      setRefused(error)
    }
    setBusy(false)
  }
  const start = (
    <Link to="/new" className="btn primary">
      <IconPlus size={16} aria-hidden /> {t("programmes.new")}
    </Link>
  )
  return (
    <Page crumbs={[{ text: t("place.programmes") }]} actions={rows?.length && me?.owner ? start : undefined}>
      <h1>{t("place.programmes")}</h1>
      <Waiting />
      <Table
        label={t("place.programmes")}
        rows={rows}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        onOpen={({ name }) => void go({ to: "/p/$programme", params: { programme: name } })}
        csv={address("/programmes", { format: "csv" })}
        keys
        {...list}
        empty={
          <Empty
            icon={<IconStack2 size={34} stroke={1.5} aria-hidden />}
            title={t("programmes.none")}
            because={t("programmes.none_because")}
          >
            {me?.owner && (
              <span className="row">
                {start}
                <button type="button" className="btn" disabled={busy} onClick={() => void sample()}>
                  {t("programmes.sample")}
                </button>
              </span>
            )}
            {refused !== null && <Problem error={refused} />}
          </Empty>
        }
      />
    </Page>
  )
}
