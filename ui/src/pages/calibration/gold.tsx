import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { get, post } from "@/api/http"
import { t } from "@/app/i18n"
import { count, decimal } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { Reason } from "./reason"
import type { GoldLine, GoldView } from "./types"

/** What people made of every item of a gold set; the ones that good people disagree with come first. */
export function GoldHealth({ programme, name }: { programme: string; name: string }) {
  const [going, setGoing] = useState<GoldLine | null>(null)
  const queries = useQueryClient()
  const path = `/programmes/${encodeURIComponent(programme)}/gold/${encodeURIComponent(name)}`
  const page = useQuery({ queryKey: ["gold", programme, name], queryFn: () => get<GoldView>(path) })
  const gold = page.data
  const withdraw = async (because: string) => {
    await post(`${path}/${going?.item_id}/withdraw`, { because })
    await queries.invalidateQueries({ queryKey: ["gold", programme] })
    await queries.invalidateQueries({ queryKey: ["calibration", programme] })
  }
  return (
    <section aria-label={t("calibration.gold", { name })}>
      <h2>{t("calibration.gold", { name })}</h2>
      {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      {gold && (
        <p className="dim">
          {t("calibration.gold_counts", {
            items: count(gold.items),
            eval_only: count(gold.eval_only),
            withdrawn: count(gold.withdrawn),
            suspected: count(gold.suspected),
            method: gold.method,
            good: gold.good,
          })}
        </p>
      )}
      <Table
        label={t("calibration.gold", { name })}
        rows={gold?.rows.filter(({ answers, withdrawn_because }) => answers > 0 || withdrawn_because)}
        columns={columns(setGoing)}
        keyOf={({ item_id }) => item_id}
        empty={<Empty title={t("calibration.gold_empty")} because={t("calibration.gold_empty_because")} />}
      />
      {going && (
        <Reason
          title={t("calibration.withdraw_title")}
          how={t("calibration.withdraw_how")}
          act={t("calibration.withdraw")}
          close={() => setGoing(null)}
          run={withdraw}
        />
      )}
    </section>
  )
}

const columns = (go: (line: GoldLine) => void): Column<GoldLine>[] => [
  {
    key: "health",
    title: t("calibration.health"),
    cell: (line) => {
      if (line.withdrawn_because !== null) return <Status tone="dim">{t("calibration.withdrawn")}</Status>
      if (line.suspected) return <Status tone="bad">{t("calibration.suspected")}</Status>
      return <Status tone="ok">{t("calibration.fine")}</Status>
    },
  },
  {
    key: "item",
    title: t("calibration.item"),
    wide: true,
    cell: ({ item_id, external_id, because, withdrawn_because }) => (
      <>
        <Link to="/i/$item" params={{ item: item_id }}>
          {external_id}
        </Link>
        <small>{withdrawn_because ?? because}</small>
      </>
    ),
  },
  { key: "answer", title: t("calibration.accepted"), cell: ({ answer }) => answer },
  {
    key: "instead",
    title: t("calibration.instead"),
    cell: ({ instead, instead_n }) =>
      instead === null ? "–" : t("calibration.instead_of", { label: instead, n: count(instead_n) }),
  },
  {
    key: "disagree",
    title: t("calibration.disagree"),
    number: true,
    by: ({ good_wrong }) => good_wrong,
    cell: ({ good_wrong, good }) => `${count(good_wrong)} / ${count(good)}`,
  },
  {
    key: "wrong",
    title: t("calibration.wrong"),
    number: true,
    by: ({ wrong }) => wrong,
    cell: ({ wrong, answers }) => `${count(wrong)} / ${count(answers)}`,
  },
  {
    key: "p",
    title: t("calibration.p"),
    number: true,
    cell: ({ adjusted_p }) =>
      adjusted_p === null ? "–" : adjusted_p < 0.0001 ? "< 0.0001" : decimal(adjusted_p, 4),
  },
  {
    key: "act",
    title: t("table.act"),
    cell: (line) =>
      line.withdrawn_because === null && (
        <button type="button" className="btn small" onClick={() => go(line)}>
          {t("calibration.withdraw")}
        </button>
      ),
  },
]
