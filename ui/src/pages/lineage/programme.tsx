import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useParams } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { moment, percent } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import { Picture } from "./picture"
import type { Graph, Run } from "./types"

const COLUMNS: Column<Run>[] = [
  {
    key: "name",
    title: t("lineage.runs"),
    by: ({ name }) => name,
    wide: true,
    cell: ({ id, name }) => (
      <Link to="/runs/$run" params={{ run: id }}>
        {name}
      </Link>
    ),
  },
  {
    key: "model",
    title: t("lineage.model"),
    by: ({ model }) => model ?? "",
    cell: ({ model }) => model ?? "–",
  },
  {
    key: "releases",
    title: t("lineage.learnt_from"),
    cell: ({ releases }) => releases.map(({ name, number }) => `${name} #${number}`).join(", "),
  },
  {
    key: "results",
    title: t("lineage.results"),
    cell: ({ results }) =>
      results
        .filter(({ slice }) => Object.keys(slice).length === 0)
        .map(({ evaluation, measure, value }) => `${evaluation}: ${measure} ${percent(value)}`)
        .join(", ") || "–",
  },
  { key: "source", title: t("lineage.told_by"), by: ({ source }) => source, cell: ({ source }) => source },
  {
    key: "trained",
    title: t("lineage.trained"),
    by: ({ trained_at }) => trained_at,
    cell: ({ trained_at }) => moment(trained_at),
  },
]

/** Where a programme's labels went: into which releases, which training runs, and what those were worth. */
export default function LineageRoom() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const path = `/programmes/${encodeURIComponent(name)}`
  const go = useNavigate()
  const page = useQuery({ queryKey: ["lineage", name], queryFn: () => get<Graph>(`${path}/lineage`) })
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    { text: name, to: `/p/${name}` },
    { text: t("lineage.title") },
  ]
  if (page.error || !page.data) {
    return (
      <Page crumbs={crumbs}>
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </Page>
    )
  }
  const { releases, runs, more_batches, more_releases } = page.data
  return (
    <Page crumbs={crumbs}>
      <h1>
        {t("lineage.title")}
        <small className="dim">{t("lineage.about")}</small>
      </h1>
      {releases.length === 0 ? (
        <Empty title={t("lineage.none")} because={t("lineage.none_because")} />
      ) : (
        <>
          <Picture graph={page.data} />
          {more_batches + more_releases > 0 && (
            <p className="dim">{t("lineage.more", { batches: more_batches, releases: more_releases })}</p>
          )}
          <h2>{t("lineage.runs")}</h2>
          <Table
            label={t("lineage.runs")}
            rows={runs}
            columns={COLUMNS}
            keyOf={({ id }) => id}
            onOpen={({ id }) => void go({ to: "/runs/$run", params: { run: id } })}
            csv={address(`${path}/runs`, { format: "csv" })}
            keys
            empty={<Empty title={t("lineage.no_runs")} because={t("lineage.no_runs_because")} />}
          />
        </>
      )}
    </Page>
  )
}
