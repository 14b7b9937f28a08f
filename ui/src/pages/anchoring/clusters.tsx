import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { address, get, post, Refusal } from "@/api/http"
import { t } from "@/app/i18n"
import { count, decimal, percent } from "@/lib/format"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import type { Cluster, Clusters as Found } from "./types"

/** One label standing where another is true: where, how often, and the one action that has it judged again. */
export function Clusters({ programme }: { programme: string }) {
  const queries = useQueryClient()
  const [asked, setAsked] = useState<string | null>(null)
  const path = `/programmes/${encodeURIComponent(programme)}/clusters`
  const page = useQuery({ queryKey: ["clusters", programme], queryFn: () => get<Found>(path) })
  if (page.error) {
    const closed = page.error instanceof Refusal && page.error.status === 403
    return closed ? <p className="dim">{t("anchoring.clusters_closed")}</p> : <Problem error={page.error} />
  }
  if (!page.data) return null
  const requeue = (key: string) => {
    setAsked(key)
    return post(`${path}/requeue`, { cluster: key })
      .then(() => tell(t("anchoring.requeued")))
      .catch((refusal: unknown) => tell(refusal instanceof Refusal ? refusal.sentence : String(refusal)))
      .finally(() => {
        setAsked(null)
        void queries.invalidateQueries({ queryKey: ["jobs"] })
        void queries.invalidateQueries({ queryKey: ["clusters", programme] })
      })
  }
  const columns: Column<Cluster>[] = [
    {
      key: "what",
      title: t("anchoring.confusion"),
      wide: true,
      by: ({ key }) => key,
      cell: ({ title, dimension, name, suggested_so, wrong }) => (
        <>
          <b>{title}</b>
          <small>
            {dimension === "everywhere" ? t("anchoring.everywhere") : `${dimension}: ${name}`} ·{" "}
            {t("anchoring.suggested_so", { n: count(suggested_so), of: count(wrong) })}
          </small>
        </>
      ),
    },
    {
      key: "rate",
      title: t("anchoring.wrong"),
      number: true,
      by: ({ value }) => value,
      cell: ({ wrong, judged, value, low, high, level, expected }) => (
        <span className="evidence-cell">
          <b className="num">{percent(value)}</b>
          <small className="dim num">
            {t("evidence.interval", { level: percent(level, 0), low: percent(low), high: percent(high) })}
          </small>
          <small className="dim num">
            {t("anchoring.wrong_of", { n: count(wrong), of: count(judged), expected: decimal(expected, 1) })}
          </small>
        </span>
      ),
    },
    {
      key: "chance",
      title: t("anchoring.beyond_chance"),
      by: ({ adjusted }) => adjusted,
      cell: ({ found, adjusted }) => (
        <>
          {t(found ? "anchoring.found" : "anchoring.not_found")}
          <small>
            {t("anchoring.adjusted", { p: adjusted < 0.0001 ? "< 0.0001" : decimal(adjusted, 4) })}
          </small>
        </>
      ),
    },
    {
      key: "share",
      title: t("anchoring.sharing"),
      number: true,
      by: ({ accepted }) => accepted ?? -1,
      cell: ({ accepted, accepted_of, because }) =>
        accepted === null ? (
          <small>{because}</small>
        ) : (
          t("anchoring.n_of", { n: count(accepted), of: count(accepted_of) })
        ),
    },
    {
      key: "do",
      title: t("anchoring.action"),
      cell: ({ key, accepted, found }) =>
        accepted && found ? (
          <button
            type="button"
            className="btn small"
            disabled={asked !== null}
            onClick={() => void requeue(key)}
          >
            {t("anchoring.requeue", { count: accepted })}
          </button>
        ) : (
          accepted === 0 && <span className="dim">{t("anchoring.again")}</span>
        ),
    },
  ]
  return (
    <>
      <p className="dim small">{t("anchoring.clusters_about", { n: count(page.data.judged) })}</p>
      <Table
        label={t("anchoring.clusters")}
        rows={page.data.clusters}
        columns={columns}
        keyOf={({ key }) => key}
        csv={address(path, { format: "csv" })}
        empty={<p className="dim">{page.data.because ?? t("anchoring.no_cluster")}</p>}
      />
    </>
  )
}
