import { useQuery } from "@tanstack/react-query"
import { get } from "@/api/http"
import { t } from "@/app/i18n"
import { count, moment } from "@/lib/format"
import { type Column, Table } from "@/parts/table"
import type { ModelView, Run, Strange, Version } from "./types"
import { costOf } from "./versions"

/** What was strange about the last run of each version: how many answers of how many. */
export function Warnings({ versions }: { versions: readonly Version[] }) {
  const told = versions.filter(({ warnings }) => warnings.length > 0)
  if (told.length === 0) return null
  return (
    <ul className="model-warnings" aria-label={t("model_runs.warnings")}>
      {told.map(({ id, version, ran_at, warnings }) => (
        <li key={id} className="model-warning">
          <b>{t("model_runs.last", { version, when: ran_at === null ? "–" : moment(ran_at) })}</b>{" "}
          <Says all={warnings} />
        </li>
      ))}
    </ul>
  )
}

/** The runs of a model, newest first, each with what it said, refused and cost. */
export function Runs({ path, name }: { path: string; name: string }) {
  const model = useQuery({ queryKey: ["versions", path], queryFn: () => get<ModelView>(path), retry: false })
  const runs = model.data?.runs ?? []
  if (runs.length === 0) return null
  const strange = runs.filter(({ warnings }) => warnings.length > 0).length
  return (
    <details className="comparison">
      <summary>
        {t("model_runs.title", { n: count(runs.length) })}
        {strange > 0 && <span className="dim"> · {t("model_runs.strange", { n: count(strange) })}</span>}
      </summary>
      <Table
        label={t("model_runs.of", { name })}
        rows={runs.map((run, at) => ({ ...run, key: `${run.version} ${run.began_at} ${at}` }))}
        columns={COLUMNS}
        keyOf={({ key }) => key}
        empty={null}
      />
    </details>
  )
}

function Says({ all }: { all: readonly Strange[] }) {
  return (
    <>
      {all.map(({ kind, says }) => (
        <span key={kind} className="model-says">
          {says}
        </span>
      ))}
    </>
  )
}

const COLUMNS: Column<Run>[] = [
  {
    key: "at",
    title: t("model_runs.at"),
    by: ({ began_at }) => began_at,
    cell: ({ began_at }) => moment(began_at),
  },
  {
    key: "version",
    title: t("versions.version"),
    by: ({ version }) => version,
    cell: ({ version }) => version,
  },
  {
    key: "purpose",
    title: t("model_runs.purpose"),
    by: ({ purpose }) => purpose,
    cell: ({ purpose }) => t(`model_runs.purposes.${purpose}`),
  },
  {
    key: "said",
    title: t("model_runs.said"),
    by: ({ said }) => said,
    number: true,
    cell: ({ said, refused }) => t("model_runs.said_of", { n: count(said), of: count(said + refused) }),
  },
  {
    key: "cost",
    title: t("versions.cost"),
    by: ({ cost }) => cost,
    cell: ({ requests, cost, currency }) =>
      requests === 0
        ? "–"
        : t("versions.cost_of", { cost: costOf(cost, currency), requests: count(requests) }),
  },
  {
    key: "warnings",
    title: t("model_runs.warnings"),
    wide: true,
    by: ({ warnings }) => warnings.length,
    cell: ({ warnings }) => (warnings.length === 0 ? "–" : <Says all={warnings} />),
  },
]
