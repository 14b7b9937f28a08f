import "@/styles/briefs.css"
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { address, get, type Query } from "@/api/http"
import type { Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, moment, relative } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Filters } from "@/parts/filters"
import { Problem } from "@/parts/problem"
import { useRows } from "@/parts/rows"
import { useOrder } from "@/parts/sorted"
import { type Column, Table } from "@/parts/table"
import { Tabs } from "@/parts/tabs"
import { BriefStatus, Due, Marks } from "./state"
import { type BriefRow, STATES } from "./types"

const SOURCES = [
  "gate",
  "audit",
  "sla",
  "evaluation",
  "cluster",
  "threshold",
  "anchoring",
  "human_only",
  "raci",
  "client",
  "lapse",
  "gold",
  "exam",
  "stuck",
  "coverage",
  "suspects",
  "ruling",
  "drift",
  "rights",
  "delivery",
  "masking",
]
const MOST = 1000

interface Search {
  readonly tab?: string
  readonly state?: string
  readonly source?: string
  readonly owner?: string
  readonly overdue?: string
}

/** What somebody has to repair in a programme, by how far it is. */
export default function Board() {
  const { programme = "" } = useParams({ strict: false }) as { programme?: string }
  const { tab = "board", state, source, owner, overdue } = useSearch({ strict: false }) as Search
  const path = `/programmes/${encodeURIComponent(programme)}/briefs`
  const query = { state, source, owner, overdue }
  const list = useQuery({
    queryKey: ["briefs", programme, query],
    queryFn: () => get<Rows<BriefRow>>(path, { ...query, limit: MOST }),
    placeholderData: (before) => before,
    refetchInterval: 30_000,
  })
  const rows = list.data?.rows
  return (
    <Page
      crumbs={[
        { text: t("place.programmes"), to: "/" },
        { text: programme, to: `/p/${programme}` },
        { text: t("briefs.title") },
      ]}
      actions={
        <Link className="btn" to="/p/$programme/raci" params={{ programme }}>
          {t("briefs.raci")}
        </Link>
      }
    >
      <h1>
        {t("briefs.title")}
        <small className="dim">{t("briefs.about")}</small>
      </h1>
      <Tabs
        label={t("briefs.views")}
        tabs={[
          ["board", t("briefs.board")],
          ["table", t("briefs.table")],
        ]}
        at={tab}
      />
      <Filters
        fields={[
          ["state", t("briefs.is"), STATES.map((one) => [one, t(`briefs.state.${one}`)] as const)],
          ["source", t("briefs.source"), SOURCES],
          ["owner", t("briefs.owner"), [["me", t("briefs.mine")]]],
          ["overdue", t("briefs.when"), [["true", t("briefs.only_overdue")]]],
        ]}
      />
      {list.data?.next && tab === "board" && <p className="dim">{t("briefs.newest", { n: count(MOST) })}</p>}
      {list.error && <Problem error={list.error} retry={() => void list.refetch()} />}
      {rows?.length === 0 && <Empty title={t("briefs.none")} because={t("briefs.none_because")} />}
      {rows && rows.length > 0 && tab === "board" && <Columns rows={rows} />}
      {tab === "table" && <BriefTable path={path} query={query} />}
    </Page>
  )
}

function BriefTable({ path, query }: { path: string; query: Query }) {
  const go = useNavigate()
  const order = useOrder(COLUMNS)
  const { rows, pages: _pages, ...list } = useRows<BriefRow>(path, { ...query, ...order }, 30_000)
  return (
    <Table
      label={t("briefs.title")}
      rows={rows}
      columns={COLUMNS}
      keyOf={({ id }) => id}
      onOpen={({ id }) => void go({ to: "/brief/$brief", params: { brief: id } })}
      csv={address(path, { ...query, ...order, format: "csv" })}
      {...list}
      empty={null}
      keys
    />
  )
}

/** A column for each state that some brief is in, or could be repaired from. */
function Columns({ rows }: { rows: readonly BriefRow[] }) {
  return (
    <div className="brief-board">
      {STATES.map((state) => {
        const mine = rows.filter((one) => one.state === state)
        return (
          <section key={state} aria-labelledby={`briefs-${state}`}>
            <h2 id={`briefs-${state}`}>
              <BriefStatus state={state} /> <span className="dim num">{count(mine.length)}</span>
            </h2>
            <ul>
              {mine.map((one) => (
                <Card key={one.id} brief={one} />
              ))}
            </ul>
          </section>
        )
      })}
    </div>
  )
}

function Card({ brief }: { brief: BriefRow }) {
  const { id, title, because, owner, since_at } = brief
  return (
    <li className="card">
      <Link to="/brief/$brief" params={{ brief: id }} className="strong">
        {title}
      </Link>
      <small className="clip-2">{because}</small>
      <p className="brief-marks">
        <Marks brief={brief} />
      </p>
      <small className="dim">
        {owner} · {t("briefs.since", { when: relative(since_at) })}
      </small>
      <small>
        <Due brief={brief} />
      </small>
    </li>
  )
}

const COLUMNS: Column<BriefRow>[] = [
  {
    key: "title",
    title: t("briefs.finding"),
    sort: "title",
    wide: true,
    cell: ({ id, title, because }) => (
      <>
        <Link to="/brief/$brief" params={{ brief: id }} className="strong">
          {title}
        </Link>
        <small className="clip-2">{because}</small>
      </>
    ),
  },
  {
    key: "state",
    title: t("briefs.is"),
    sort: "state",
    cell: ({ state }) => <BriefStatus state={state} />,
  },
  { key: "source", title: t("briefs.source"), sort: "source", cell: ({ source }) => source },
  { key: "owner", title: t("briefs.owner"), sort: "owner", cell: ({ owner }) => owner },
  {
    key: "age",
    title: t("briefs.age"),
    sort: "since",
    cell: ({ since_at }) => <span title={moment(since_at)}>{relative(since_at)}</span>,
  },
  { key: "due", title: t("briefs.when"), sort: "due", cell: (brief) => <Due brief={brief} /> },
  {
    key: "remedy",
    title: t("briefs.how"),
    by: ({ remedy }) => remedy,
    cell: (brief) => <Marks brief={brief} />,
  },
]
