import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { get } from "@/api/http"
import type { Actor, Batch, BatchItem, Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, decimal, percent } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import { describe } from "@/work/describe"
import { useLabelNames } from "@/work/label-names"

type Who = Pick<Actor, "id" | "name" | "simulated">

interface Pair {
  readonly first: Who
  readonly second: Who
  readonly n: number
  readonly same: number
  readonly share: number
  readonly low: number
  readonly high: number
  readonly level: number
  readonly kappa: number | null
  readonly because: string | null
  readonly method: string
}

const FEW = 5 // items: fewer say too little to be coloured
const MOST = 12 // people in the matrix; the table holds all of them

/** Who agrees with whom, and on which items people differ. */
export function BatchAgreement({ batch }: { batch: Batch }) {
  const pairs = useQuery({
    queryKey: ["agreement", batch.id],
    queryFn: () => get<Rows<Pair>>(`/batches/${batch.id}/agreement`),
  })
  if (pairs.error) return <Problem error={pairs.error} retry={() => void pairs.refetch()} />
  if (!pairs.data) return null
  const { rows } = pairs.data
  return (
    <>
      {rows.length === 0 ? (
        <Empty title={t("agree.none")} because={t("agree.none_because")} />
      ) : (
        <div className="card stack">
          <h2>{t("agree.matrix")}</h2>
          <Outlier rows={rows} />
          <Matrix rows={rows} />
          <p className="dim small">{rows[0]?.method}</p>
        </div>
      )}
      {rows.length > 0 && (
        <details open={rows.length <= 6}>
          <summary>{t("agree.pairs")}</summary>
          <Table
            label={t("agree.title")}
            rows={rows}
            columns={COLUMNS}
            keyOf={({ first, second }) => `${first.id}.${second.id}`}
            empty={null}
          />
        </details>
      )}
      <h2>{t("agree.disagreements")}</h2>
      <Disagreements batch={batch} />
    </>
  )
}

const COLUMNS: Column<Pair>[] = [
  {
    key: "first",
    title: t("agree.first"),
    by: ({ first }) => first.name,
    cell: ({ first }) => <By who={first} />,
  },
  {
    key: "second",
    title: t("agree.second"),
    by: ({ second }) => second.name,
    cell: ({ second }) => <By who={second} />,
  },
  {
    key: "share",
    title: t("agree.share"),
    by: ({ share }) => share,
    cell: ({ share, low, high, level, n, same }) => (
      <span className="evidence-cell">
        <b className="num">{percent(share)}</b>
        <small>
          {t("evidence.interval", { level: percent(level, 0), low: percent(low), high: percent(high) })} ·{" "}
          {t("agree.same_of", { same: count(same), n: count(n) })}
        </small>
      </span>
    ),
  },
  {
    key: "kappa",
    title: t("agree.kappa"),
    by: ({ kappa }) => kappa,
    number: true,
    cell: ({ kappa, because }) => (kappa === null ? <small>{because}</small> : decimal(kappa)),
  },
]

function By({ who }: { who: Who }) {
  return (
    <Link to="." search={{ tab: "items", by: who.id }}>
      {who.name}
    </Link>
  )
}

/** The people who can be compared, those with the most answers first. */
function peopleOf(rows: readonly Pair[]) {
  const sums = new Map<string, { who: Who; n: number; same: number }>()
  for (const { first, second, n, same } of rows) {
    for (const who of [first, second]) {
      const before = sums.get(who.id) ?? { who, n: 0, same: 0 }
      sums.set(who.id, { who, n: before.n + n, same: before.same + same })
    }
  }
  return [...sums.values()].toSorted((a, b) => b.n - a.n)
}

/** The person who stands apart, in words: what the colours of a matrix leave to the eye. */
function Outlier({ rows }: { rows: readonly Pair[] }) {
  const people = peopleOf(rows)
  const last = people.filter(({ n }) => n >= FEW).toSorted((a, b) => a.same / a.n - b.same / b.n)[0]
  if (!last || people.length < 3) return null
  return (
    <p>{t("agree.outlier", { name: last.who.name, share: percent(last.same / last.n), n: count(last.n) })}</p>
  )
}

function Matrix({ rows }: { rows: readonly Pair[] }) {
  const people = peopleOf(rows).slice(0, MOST)
  const found = new Map(
    rows.flatMap((row) => [
      [`${row.first.id}.${row.second.id}`, row] as const,
      [`${row.second.id}.${row.first.id}`, row] as const,
    ]),
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a matrix wider than its box must scroll by keys
    <section className="table-scroll" tabIndex={0} aria-label={t("agree.matrix")}>
      <table className="matrix">
        <thead>
          <tr>
            <td />
            {people.map(({ who }) => (
              <th key={who.id} scope="col">
                {who.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {people.map(({ who }) => (
            <tr key={who.id}>
              <th scope="row">{who.name}</th>
              {people.map(({ who: other }) => (
                <Cell key={other.id} pair={found.get(`${who.id}.${other.id}`)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Cell({ pair }: { pair: Pair | undefined }) {
  if (!pair) return <td className="dim">–</td>
  const { share, n } = pair
  const few = n < FEW
  return (
    <td className={few ? "dim" : `heat-${Math.max(0, Math.min(4, Math.floor((share - 0.5) * 10)))}`}>
      <b className="num">{percent(share, 0)}</b>
      <small className="num">{t("evidence.n", { n: count(n) })}</small>
    </td>
  )
}

function Disagreements({ batch }: { batch: Batch }) {
  const query = { disagree: true, limit: 10 }
  const entries = useLabelNames([batch.programme_id]).get(batch.programme_id)
  const list = useQuery({
    queryKey: ["disagreements", batch.id],
    queryFn: () => get<Rows<BatchItem>>(`/batches/${batch.id}/items`, query),
  })
  if (list.error) return <Problem error={list.error} retry={() => void list.refetch()} />
  if (!list.data) return null
  const { rows, next } = list.data
  if (rows.length === 0) return <p className="dim">{t("agree.disagreements_none")}</p>
  return (
    <>
      <ul className="disagreements">
        {rows.map(({ item_id, external_id, text, answer, judgements }) => (
          <li key={item_id}>
            <Link to="/i/$item" params={{ item: item_id }} className="mono">
              {external_id || item_id}
            </Link>
            <span className="clip" dir="auto">
              {text}
            </span>
            <small className="dim">
              {[describe(answer, entries), `${count(judgements)} ${t("item.judgements").toLowerCase()}`]
                .filter(Boolean)
                .join(" · ")}
            </small>
          </li>
        ))}
      </ul>
      {next && (
        <Link to="." search={{ tab: "items", disagree: "true" }}>
          {t("table.more")}
        </Link>
      )}
    </>
  )
}
