import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { get, post } from "@/api/http"
import { t } from "@/app/i18n"
import { count, relative } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Guarded } from "@/parts/guarded"
import { MeasuredCell } from "@/parts/measured"
import { Problem } from "@/parts/problem"
import { Run } from "@/parts/run"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { Reason } from "./reason"
import { StandingStatus } from "./standing"
import type { Own, Result } from "./types"

/** My exams, my results on gold once they may be known, and my training. */
export function MyCalibration() {
  const page = useQuery({
    queryKey: ["me", "calibration"],
    queryFn: () => get<{ programmes: Own[] }>("/me/calibration"),
  })
  return (
    <>
      <h2>{t("calibration.mine")}</h2>
      {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      {page.data?.programmes.length === 0 && (
        <Empty title={t("calibration.mine_none")} because={t("calibration.mine_none_because")} />
      )}
      {page.data?.programmes.map((own) => (
        <One key={own.programme} own={own} />
      ))}
    </>
  )
}

function One({ own }: { own: Own }) {
  const [contesting, setContesting] = useState<Result | "pause" | null>(null)
  const queries = useQueryClient()
  const stopped = own.state === "paused" || own.state === "undecided"
  const run = async (because: string) => {
    if (contesting === "pause") await post("/me/calibration/contests", { programme: own.programme, because })
    else await post("/me/contests", { judgement_id: contesting?.judgement_id, because })
    await queries.invalidateQueries({ queryKey: ["me", "calibration"] })
  }
  return (
    <section className="card" aria-label={own.programme}>
      {own.results.length > 0 && <Guarded mark={own.mark} />}
      <header className="row">
        <b>{own.programme}</b> <StandingStatus state={own.state} />
        <span className="dim">
          {own.state === "exam" &&
            t("calibration.progress", { answered: count(own.answered), of: count(own.of) })}
          {own.left !== null &&
            own.until !== null &&
            t("calibration.until", { left: count(own.left), when: relative(own.until) })}
        </span>
        <span className="grow" />
        {stopped && own.contested === null && (
          <button type="button" className="btn small" onClick={() => setContesting("pause")}>
            {t("calibration.contest")}
          </button>
        )}
      </header>
      {stopped && <p>{own.because}</p>}
      {own.contested !== null && <p className="dim">{t("calibration.contest_waits")}</p>}
      {own.training_open > 0 && <p>{t("calibration.training_open", { count: own.training_open })}</p>}
      <dl className="facts">
        {own.state !== "exam" && (
          <div>
            <dt>{t("calibration.exam")}</dt>
            <dd>
              <MeasuredCell measured={own.exam} share />
            </dd>
          </div>
        )}
        <div>
          <dt>{t("calibration.hidden")}</dt>
          <dd>
            <MeasuredCell measured={own.hidden} share />
          </dd>
        </div>
        {own.probes.n > 0 && (
          <div>
            <dt>{t("calibration.probes")}</dt>
            <dd>
              <MeasuredCell measured={own.probes} share />
            </dd>
          </div>
        )}
      </dl>
      {own.results.length === 0 ? (
        <p className="dim">{t("calibration.results_none")}</p>
      ) : (
        <Table
          label={`${own.programme}: ${t("calibration.results")}`}
          rows={own.results}
          columns={columns(setContesting)}
          keyOf={({ judgement_id }) => judgement_id}
          empty={null}
        />
      )}
      {contesting !== null && (
        <Reason
          title={t(contesting === "pause" ? "calibration.contest_title" : "calibration.contest_gold_title")}
          how={t("calibration.contest_how")}
          act={t("calibration.contest_gold")}
          close={() => setContesting(null)}
          run={run}
        />
      )}
    </section>
  )
}

const columns = (contest: (result: Result) => void): Column<Result>[] => [
  {
    key: "right",
    title: t("calibration.right"),
    cell: ({ right, withdrawn, kind }) => {
      if (withdrawn !== null) return <Status tone="dim">{t("calibration.withdrawn")}</Status>
      const words =
        kind === "probe"
          ? t(right ? "calibration.caught" : "calibration.missed")
          : t(right ? "calibration.is_right" : "calibration.is_wrong")
      return <Status tone={right ? "ok" : "warn"}>{words}</Status>
    },
  },
  { key: "kind", title: t("calibration.kind"), cell: ({ kind }) => t(`calibration.kind_of.${kind}`) },
  {
    key: "text",
    title: t("calibration.text"),
    wide: true,
    cell: ({ text, explanation }) => (
      <span dir="auto">
        <Run text={text} at={0} />
        {explanation !== null && <small>{explanation}</small>}
      </span>
    ),
  },
  { key: "mine", title: t("calibration.said"), cell: ({ mine }) => mine ?? "–" },
  {
    key: "accepted",
    title: t("calibration.accepted"),
    cell: ({ accepted }) => accepted ?? <span className="dim">{t("calibration.kept")}</span>,
  },
  {
    key: "act",
    title: t("table.act"),
    cell: (result) =>
      !result.right &&
      result.withdrawn === null &&
      result.kind !== "training" && (
        <button type="button" className="btn small" onClick={() => contest(result)}>
          {t("calibration.contest_gold")}
        </button>
      ),
  },
]
