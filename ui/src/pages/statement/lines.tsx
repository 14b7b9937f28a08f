import { Link } from "@tanstack/react-router"
import { address } from "@/api/http"
import { t } from "@/app/i18n"
import { count, decimal, moment, money } from "@/lib/format"
import { type Column, Table } from "@/parts/table"
import type { Statement, StatementLine } from "./types"

/** One statement: what is due of its month, what corrects months before it, and the files of it. */
export function Lines({ one, path, linked }: { one: Statement; path: string; linked: boolean }) {
  const { lines, currency, month, total, unpriced, closed_at, closed_by, simulated, pays_by } = one
  const now = lines.filter(({ adjusts }) => !adjusts)
  const corrected = lines.filter(({ adjusts }) => adjusts)
  const file = (format: string) => address(path, { format, month })
  return (
    <>
      <p className={closed_at === null ? "banner" : "banner ok"}>
        {closed_at === null
          ? t("statement.open")
          : t("statement.closed", { by: closed_by ?? "", when: moment(closed_at) })}{" "}
        {simulated && t("statement.simulated")}
      </p>
      <dl className="facts">
        <div>
          <dt>{t("statement.total")}</dt>
          <dd>
            <b className="num">{unpriced > 0 && total === 0 ? "–" : money(total, currency)}</b>{" "}
            <small>{t(`statement.by.${pays_by as "unit"}`)}</small>
            {unpriced > 0 && (
              <>
                {" "}
                <small className="dim">{t("statement.unpriced", { count: unpriced })}</small>
              </>
            )}
          </dd>
        </div>
      </dl>
      <h2>{t("statement.this_month", { month })}</h2>
      <Table
        label={`${one.title}, ${month}`}
        rows={now}
        columns={columns(one, linked)}
        keyOf={({ key }) => key}
        csv={file("csv")}
        empty={<p className="dim">{t("statement.nothing")}</p>}
      />
      {corrected.length > 0 && (
        <>
          <h2>{t("statement.corrections")}</h2>
          <p className="dim small">{t("statement.corrections_about")}</p>
          <Table
            label={`${one.title}, ${month}: ${t("statement.corrections")}`}
            rows={corrected}
            columns={columns(one, linked)}
            keyOf={({ key, of }) => `${of} ${key}`}
            empty={null}
          />
        </>
      )}
      <p className="row">
        <a className="btn" href={file("pdf")} download>
          {t("statement.pdf")}
        </a>
        <a className="btn" href={file("json")} download={`${one.programme}-${month}.json`}>
          {t("statement.json")}
        </a>
        {one.whose === "person" && (
          <a className="btn" href={address(`${path}/judgements`, { format: "csv", month })} download>
            {t("statement.judgements")}
          </a>
        )}
      </p>
    </>
  )
}

const columns = (one: Statement, linked: boolean): Column<StatementLine>[] => [
  {
    key: "kind",
    title: t("statement.what"),
    by: ({ kind }) => kind,
    cell: ({ kind }) => t(`statement.kind.${kind}`),
  },
  {
    key: "about",
    title: t("statement.about"),
    by: ({ about }) => about,
    cell: (line) => <About line={line} programme={one.programme} linked={linked} />,
  },
  { key: "of", title: t("statement.month"), by: ({ of }) => of, cell: ({ of }) => of },
  { key: "n", title: t("statement.counted"), number: true, by: ({ n }) => n, cell: ({ n }) => count(n) },
  {
    key: "hours",
    title: t("statement.hours"),
    number: true,
    cell: ({ active_ms }) => (active_ms === null ? "–" : decimal(active_ms / 3_600_000, 2)),
  },
  {
    key: "price",
    title: t("statement.price"),
    number: true,
    cell: ({ price }) => (price === null ? "–" : money(price, one.currency)),
  },
  {
    key: "amount",
    title: t("statement.amount"),
    number: true,
    by: ({ amount }) => amount ?? Number.NEGATIVE_INFINITY,
    cell: ({ amount }) => <b>{amount === null ? "–" : money(amount, one.currency)}</b>,
  },
  { key: "because", title: t("statement.because"), wide: true, cell: ({ because }) => because },
]

function About({ line, programme, linked }: { line: StatementLine; programme: string; linked: boolean }) {
  const { about, batch_id, kind, of } = line
  if (linked && batch_id) {
    return (
      <Link to="/b/$batch" params={{ batch: batch_id }} search={{ tab: "items" }}>
        {about}
      </Link>
    )
  }
  if (kind === "credit") {
    return (
      <Link to="/p/$programme/report" params={{ programme }} search={{ on: of }}>
        {about}
      </Link>
    )
  }
  return about
}
