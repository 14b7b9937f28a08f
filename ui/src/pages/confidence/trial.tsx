import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { get, post } from "@/api/http"
import type { Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, money } from "@/lib/format"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import type { Trial, Way } from "./types"

interface Batch {
  readonly batch: { readonly id: string; readonly name: string; readonly purpose: string }
}

type Flow = Trial["flows"][number]

const way = ({ rule, to, tier }: Way) => t("confidence.way", { rule, to, tier })

const FLOWS: Column<Flow>[] = [
  { key: "was", title: t("confidence.was"), wide: true, cell: (one) => way(one.was) },
  { key: "now", title: t("confidence.now"), wide: true, cell: (one) => way(one.now) },
  {
    key: "items",
    title: t("confidence.items"),
    number: true,
    by: ({ items }) => items,
    cell: ({ items }) => count(items),
  },
]

/** A programme file tried on a batch that was routed: nothing is changed by it. */
export function PolicyTrial({ programme }: { programme: string }) {
  const base = `/programmes/${encodeURIComponent(programme)}`
  const batches = useQuery({
    queryKey: ["batches of", programme],
    queryFn: () => get<Rows<Batch>>(`${base}/batches`, { limit: 1000 }),
  })
  const file = useQuery({
    queryKey: ["file of", programme],
    queryFn: () => get<{ yaml: string }>(base),
  })
  const [batch, setBatch] = useState("")
  const [yaml, setYaml] = useState<string | null>(null)
  const [trial, setTrial] = useState<Trial | null>(null)
  const [error, setError] = useState<unknown>(null)
  const some = (batches.data?.rows ?? []).filter((one) => one.batch.purpose === "production")
  const chosen = batch || some[0]?.batch.id
  if (!chosen) return null
  const run = () => {
    setError(null)
    return post<Trial>(`${base}/policies/dry-run`, { batch: chosen, ...(yaml === null ? {} : { yaml }) })
      .then(setTrial)
      .catch(setError)
  }
  return (
    <section>
      <h2>{t("confidence.trial")}</h2>
      <p className="dim">{t("confidence.trial_about")}</p>
      <label className="field">
        {t("confidence.batch")}
        <select value={chosen} onChange={(event) => setBatch(event.target.value)}>
          {some.map((one) => (
            <option key={one.batch.id} value={one.batch.id}>
              {one.batch.name}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        {t("confidence.file")}
        <textarea
          className="mono"
          rows={10}
          spellCheck={false}
          value={yaml ?? file.data?.yaml ?? ""}
          onChange={(event) => setYaml(event.target.value)}
        />
      </label>
      <button type="button" className="btn" onClick={() => void run()}>
        {t("confidence.try")}
      </button>
      {error !== null && <Problem error={error} />}
      {trial && (
        <>
          <p>
            {t("confidence.tried", {
              changed: count(trial.changed),
              items: count(trial.items),
              confidence: trial.confidence,
            })}{" "}
            {trial.cost_was !== null && trial.cost_now !== null
              ? t("confidence.tried_cost", {
                  was: money(trial.cost_was, trial.currency),
                  now: money(trial.cost_now, trial.currency),
                })
              : t("confidence.cost_unknown", { because: trial.prices.because })}
          </p>
          {trial.unasked_because && (
            <p>
              {count(trial.unasked)}: {trial.unasked_because}
            </p>
          )}
          <Table
            label={t("confidence.trial")}
            rows={trial.flows}
            columns={FLOWS}
            keyOf={(one) => `${way(one.was)} ${way(one.now)}`}
            empty={null}
          />
        </>
      )}
    </section>
  )
}
