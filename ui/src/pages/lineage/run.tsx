import { useQuery } from "@tanstack/react-query"
import { Link, useParams, useSearch } from "@tanstack/react-router"
import { get } from "@/api/http"
import type { ProgrammePage, Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, moment, percent } from "@/lib/format"
import { CopyId } from "@/parts/copy"
import { Empty } from "@/parts/empty"
import { Filters } from "@/parts/filters"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import { RegressionPart } from "./regression"
import type { Result, Run } from "./types"

const sliceOf = (slice: Readonly<Record<string, string>>) =>
  Object.entries(slice)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ") || t("run.everywhere")

const RESULTS: Column<Result>[] = [
  {
    key: "evaluation",
    title: t("run.evaluation"),
    by: ({ evaluation }) => evaluation,
    cell: ({ evaluation }) => evaluation,
    wide: true,
  },
  { key: "measure", title: t("run.measure"), by: ({ measure }) => measure, cell: ({ measure }) => measure },
  {
    key: "slice",
    title: t("run.slice"),
    by: ({ slice }) => sliceOf(slice),
    cell: ({ slice }) => sliceOf(slice),
  },
  {
    key: "value",
    title: t("run.value"),
    by: ({ value }) => value,
    number: true,
    cell: ({ value, low, high, level, n, interval_method }) => (
      <span className="evidence-cell" title={interval_method}>
        <b className="num">{percent(value)}</b>
        {low !== null && high !== null && (
          <small className="dim num">
            {t("evidence.interval", { level: percent(level, 0), low: percent(low), high: percent(high) })}
          </small>
        )}
        <small className="dim num">{t("evidence.n", { n: count(n) })}</small>
      </span>
    ),
  },
]

/** One training run: what it learnt from, what it was worth, and what lies between it and an earlier one. */
export default function RunRoom() {
  const { run: id = "" } = useParams({ strict: false }) as { run?: string }
  const { since } = useSearch({ strict: false }) as { since?: string }
  const page = useQuery({ queryKey: ["run", id], queryFn: () => get<Run>(`/runs/${id}`) })
  const programme_id = page.data?.programme_id
  const programme = useQuery({
    queryKey: ["programme", programme_id],
    queryFn: () => get<ProgrammePage>(`/programmes/${programme_id}`),
    enabled: programme_id !== undefined,
  })
  const others = useQuery({
    queryKey: ["runs", programme_id],
    queryFn: () => get<Rows<Run>>(`/programmes/${programme_id}/runs`),
    enabled: programme_id !== undefined,
  })
  const name = programme.data?.programme.name
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    ...(name ? [{ text: t("lineage.title"), to: `/p/${name}/lineage` }] : []),
    { text: page.data?.name ?? t("run.title") },
  ]
  if (page.error || !page.data) {
    return (
      <Page crumbs={crumbs}>
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </Page>
    )
  }
  const run = page.data
  const earlier = (others.data?.rows ?? []).filter((one) => one.id !== id && one.trained_at <= run.trained_at)
  return (
    <Page crumbs={crumbs}>
      <h1>
        {run.name}
        <small className="dim">
          {t("run.title")} · {moment(run.trained_at)} · {t("lineage.told_by")} {run.source}
        </small>
      </h1>
      <dl className="facts">
        <Fact title={t("lineage.model")}>{run.model ?? "–"}</Fact>
        <Fact title={t("lineage.code")}>{run.code ?? "–"}</Fact>
        <Fact title={t("lineage.learnt_from")}>
          {run.releases.map(({ name, number }) => `${name} #${number}`).join(", ")}
        </Fact>
        <Fact title="id">
          <CopyId id={run.id} />
        </Fact>
      </dl>
      <h2>{t("run.results")}</h2>
      <Table
        label={t("run.results")}
        rows={run.results}
        columns={RESULTS}
        keyOf={({ evaluation, measure, slice }) => `${evaluation}/${measure}/${sliceOf(slice)}`}
        empty={<Empty title={t("run.no_results")} because={t("run.no_results_because")} />}
      />
      <h2>{t("run.regression")}</h2>
      {earlier.length === 0 ? (
        <p className="dim">{t("run.none_before")}</p>
      ) : (
        <>
          <Filters fields={[["since", t("run.since"), earlier.map((one) => [one.id, one.name] as const)]]} />
          <RegressionPart run={id} since={since} />
        </>
      )}
      {name && (
        <p>
          <Link to="/p/$programme/lineage" params={{ programme: name }}>
            {t("lineage.title")}
          </Link>
        </p>
      )}
    </Page>
  )
}

function Fact({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  )
}
