import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { address, get, post } from "@/api/http"
import type { Rows } from "@/api/nouns"
import { meQuery } from "@/api/session"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { money } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Empty } from "@/parts/empty"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import { Tabs } from "@/parts/tabs"
import { Lines } from "./lines"
import { MonthField } from "./month"
import type { Paid, Statement } from "./types"

const STAFF = ["owner", "manager"]

/** The client's statement of a month and what everybody is paid for it; both are closed here. */
export default function StatementRoom() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const search = useSearch({ strict: false }) as { tab?: string; month?: string; person?: string }
  const { month, person } = search
  const me = useQuery(meQuery)
  const staffs =
    me.data?.owner || me.data?.roles.some((one) => one.programme === name && STAFF.includes(one.role))
  const tab = search.tab === "pay" && staffs ? "pay" : "client"
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    { text: name, to: `/p/${name}` },
    { text: t("statement.title") },
  ]
  return (
    <Page crumbs={crumbs}>
      <h1>
        {t("statement.title")}
        <small className="dim">{t("statement.about_page")}</small>
      </h1>
      {staffs && (
        <Tabs
          label={t("statement.title")}
          tabs={[
            ["client", t("statement.client")],
            ["pay", t("statement.pay")],
          ]}
          at={tab}
        />
      )}
      <MonthField month={month} />
      {tab === "client" && <ClientPart programme={name} month={month} staffs={staffs === true} />}
      {tab === "pay" && person && <PersonPart programme={name} month={month} person={person} />}
      {tab === "pay" && !person && <PayPart programme={name} month={month} />}
    </Page>
  )
}

interface Part {
  readonly programme: string
  readonly month: string | undefined
}

function ClientPart({ programme, month, staffs }: Part & { staffs: boolean }) {
  const path = `/programmes/${encodeURIComponent(programme)}/statement`
  const queries = useQueryClient()
  const found = useQuery({
    queryKey: ["statement", programme, month],
    queryFn: () => get<Statement>(path, { month }),
  })
  if (found.error) {
    return <Problem error={found.error} retry={() => void found.refetch()} />
  }
  if (!found.data) return null
  const one = found.data
  if (one.pays_by === "nothing")
    return <Empty title={t("statement.none")} because={t("statement.none_because")} />
  return (
    <>
      <Lines one={one} path={path} linked={staffs} />
      {staffs && one.closed_at === null && (
        <CloseButton
          one={one}
          close={() => post(`${path}/close`, { month: one.month })}
          done={() => void queries.invalidateQueries({ queryKey: ["statement", programme] })}
        />
      )}
    </>
  )
}

function PayPart({ programme, month }: Part) {
  const base = `/programmes/${encodeURIComponent(programme)}/pay`
  const queries = useQueryClient()
  const navigate = useNavigate()
  const found = useQuery({
    queryKey: ["pay", programme, month],
    queryFn: () => get<Rows<Paid>>(base, { month }),
  })
  if (found.error) return <Problem error={found.error} retry={() => void found.refetch()} />
  const rows = found.data?.rows
  const open = rows?.find(({ closed_at }) => closed_at === null)
  return (
    <>
      <Table
        label={t("statement.pay")}
        rows={rows}
        columns={payColumns()}
        keyOf={({ person_id }) => person_id ?? ""}
        onOpen={({ person_id, month: at }) =>
          void navigate({
            to: "/p/$programme/statement",
            params: { programme },
            search: { tab: "pay", person: person_id ?? "", month: at },
          })
        }
        csv={address(base, { format: "csv", month })}
        keys
        empty={<Empty title={t("statement.nobody")} because={t("statement.nobody_because")} />}
      />
      {open && (
        <CloseButton
          one={open}
          close={() => post(`${base}/close`, { month: open.month })}
          done={() => void queries.invalidateQueries({ queryKey: ["pay", programme] })}
        />
      )}
    </>
  )
}

function PersonPart({ programme, month, person }: Part & { person: string }) {
  const path = `/programmes/${encodeURIComponent(programme)}/pay/${person}`
  const found = useQuery({
    queryKey: ["pay", programme, month, person],
    queryFn: () => get<Statement>(path, { month }),
  })
  if (found.error) return <Problem error={found.error} retry={() => void found.refetch()} />
  if (!found.data) return null
  return (
    <>
      <h2>{found.data.for}</h2>
      <Lines one={found.data} path={path} linked={false} />
    </>
  )
}

/** Closing is for good: it says so, and only stands where the month is over and its turn has come. */
function CloseButton({ one, close, done }: { one: Paid; close: () => Promise<unknown>; done: () => void }) {
  const [asking, setAsking] = useState(false)
  if (!one.over) return <p className="dim">{t("statement.not_over")}</p>
  if (!one.next_open) return <p className="dim">{t("statement.not_next")}</p>
  return (
    <>
      <button type="button" className="btn primary" onClick={() => setAsking(true)}>
        {t("statement.close", { month: one.month })}
      </button>
      {asking && (
        <Ask
          title={t("statement.close", { month: one.month })}
          act={t("statement.close_do")}
          close={() => setAsking(false)}
          run={() => close().then(done)}
        >
          <p>{t("statement.sure", { month: one.month })}</p>
        </Ask>
      )}
    </>
  )
}

const payColumns = (): Column<Paid>[] => [
  {
    key: "for",
    title: t("statement.person"),
    wide: true,
    by: (one) => one.for,
    cell: (one) => <b>{one.for}</b>,
  },
  {
    key: "total",
    title: t("statement.total"),
    number: true,
    by: ({ total }) => total,
    cell: ({ total, unpriced, currency }) => (
      <>
        {unpriced > 0 && total === 0 ? "–" : money(total, currency)}
        {unpriced > 0 && <small className="dim"> {t("statement.unpriced", { count: unpriced })}</small>}
      </>
    ),
  },
  {
    key: "state",
    title: t("statement.state"),
    cell: ({ closed_at }) => t(closed_at === null ? "statement.is_open" : "statement.is_closed"),
  },
  { key: "note", title: "", cell: ({ simulated }) => (simulated ? t("statement.simulated") : "") },
]
