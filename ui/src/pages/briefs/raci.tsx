import "@/styles/briefs.css"
import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import type { Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"

const PARTS = ["accountable", "responsible", "consulted", "informed"] as const
type Part = (typeof PARTS)[number]

interface Obligation {
  obligation: string
  accountable: string
  responsible: string[]
  consulted: string[]
  informed: string[]
  missing: { name: string; part: Part; because: string }[]
}

/** Who answers for what in a programme, a row for each obligation and a column for each person. */
export default function RaciRoom() {
  const { programme = "" } = useParams({ strict: false }) as { programme?: string }
  const path = `/programmes/${encodeURIComponent(programme)}/raci`
  const list = useQuery({ queryKey: ["raci", programme], queryFn: () => get<Rows<Obligation>>(path) })
  const rows = list.data?.rows
  const missing = [
    ...new Map((rows ?? []).flatMap((one) => one.missing).map((one) => [one.name, one.because])),
  ]
  return (
    <Page
      crumbs={[
        { text: t("place.programmes"), to: "/" },
        { text: programme, to: `/p/${programme}` },
        { text: t("raci.title") },
      ]}
      actions={
        <Link className="btn" to="/p/$programme/briefs" params={{ programme }}>
          {t("briefs.title")}
        </Link>
      }
    >
      <h1>
        {t("raci.title")}
        <small className="dim">{t("raci.about")}</small>
      </h1>
      {rows &&
        (missing.length === 0 ? (
          <p>
            <Status tone="ok">{t("raci.all_there")}</Status>
          </p>
        ) : (
          <ul className="raci-missing">
            {missing.map(([name, because]) => (
              <li key={name}>
                <Status tone="bad">{because}</Status>
              </li>
            ))}
          </ul>
        ))}
      {list.error && <Problem error={list.error} retry={() => void list.refetch()} />}
      <Table
        label={t("raci.title")}
        rows={rows}
        columns={columns(rows ?? [])}
        keyOf={({ obligation }) => obligation}
        csv={address(path, { format: "csv" })}
        loading={list.isFetching}
        empty={null}
        keys
      />
      <dl className="brief-facts">
        {PARTS.map((part) => (
          <div key={part} className="raci-word">
            <dt>{t(`raci.${part}`)}</dt>
            <dd className="dim">{t(`raci.means.${part}`)}</dd>
          </div>
        ))}
      </dl>
    </Page>
  )
}

function columns(rows: readonly Obligation[]): Column<Obligation>[] {
  const names = [...new Set(rows.flatMap((one) => PARTS.flatMap((part) => one[part])))].sort()
  return [
    {
      key: "obligation",
      title: t("raci.obligation"),
      by: ({ obligation }) => obligation,
      wide: true,
      cell: ({ obligation }) => <b>{obligation}</b>,
    },
    ...names.map((name) => ({
      key: name,
      title: name,
      cell: (row: Obligation) => <Cell row={row} name={name} />,
    })),
  ]
}

/** What one person is to one obligation, in words; and that they are not there for it. */
function Cell({ row, name }: { row: Obligation; name: string }) {
  const mine = PARTS.filter((part) => [row[part]].flat().includes(name))
  if (mine.length === 0) return <span className="dim">–</span>
  const words = mine.map((part) => t(`raci.${part}`)).join(", ")
  const why = row.missing.find((one) => one.name === name)?.because
  if (!why) return words
  return (
    <span title={why}>
      <Status tone="bad">{words}</Status>
    </span>
  )
}
