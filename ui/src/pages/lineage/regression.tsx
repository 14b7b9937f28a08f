import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { get } from "@/api/http"
import { t } from "@/app/i18n"
import { count, percent } from "@/lib/format"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import type { Part, Regression } from "./types"

const small = (p: number) => (p < 0.001 ? "<0.001" : p.toFixed(3))

const COLUMNS: Column<Part>[] = [
  { key: "facet", title: t("run.facet"), cell: ({ facet }) => t(`run.facets.${facet}`) },
  {
    key: "name",
    title: t("release.name"),
    wide: true,
    cell: ({ name, found }) => (
      <>
        <b>{name}</b> {found && <Status tone="bad">{t("run.found")}</Status>}
      </>
    ),
  },
  {
    key: "rows",
    title: t("run.share"),
    number: true,
    cell: ({ rows, share }) => `${count(rows)} · ${percent(share, 0)}`,
  },
  {
    key: "error",
    title: t("run.error"),
    number: true,
    cell: ({ error, low, high, wrong, audited }) => (
      <span className="evidence-cell">
        {error === null || low === null || high === null ? (
          <span className="dim">–</span>
        ) : (
          <>
            <b className="num">{percent(error)}</b>
            <small className="dim num">
              {t("evidence.interval", { level: percent(0.95, 0), low: percent(low), high: percent(high) })}
            </small>
          </>
        )}
        <small className="dim num">{t("evidence.n_of", { n: count(wrong), eligible: count(audited) })}</small>
      </span>
    ),
  },
  { key: "p", title: t("run.p"), number: true, cell: ({ adjusted_wrong }) => small(adjusted_wrong) },
  {
    key: "got_worse",
    title: t("run.got_worse"),
    number: true,
    cell: ({ got_worse, got_worse_of, adjusted_got_worse }) =>
      got_worse === null || got_worse_of === null
        ? "–"
        : `${count(got_worse)} / ${count(got_worse_of)} · p ${small(adjusted_got_worse)}`,
  },
]

/** What lies between two training runs, what stands out first. */
export function RegressionPart({ run, since }: { run: string; since: string | undefined }) {
  const page = useQuery({
    queryKey: ["regression", run, since],
    queryFn: () => get<Regression>(`/runs/${run}/regression`, since ? { since } : {}),
  })
  if (page.error) return <Problem error={page.error} retry={() => void page.refetch()} />
  if (!page.data) return null
  const { releases, other_changes, results, new_labels, audited, wrong, parts, method, because } = page.data
  const worse = results.filter((one) => one.worse)
  return (
    <>
      <dl className="facts">
        <div>
          <dt>{t("run.labels")}</dt>
          <dd>
            {releases.map(({ before, after }) => {
              const words = `${after.name} ${before ? `#${before.number} → ` : ""}#${after.number}`
              return before && before.number !== after.number ? (
                <Link
                  key={after.id}
                  to="/releases/$release/changes"
                  params={{ release: after.id }}
                  search={{ since: before.id }}
                >
                  {words}
                </Link>
              ) : (
                <span key={after.id}>{words}</span>
              )
            })}
          </dd>
        </div>
        <div>
          <dt>{t("run.new_labels")}</dt>
          <dd>{count(new_labels)}</dd>
        </div>
        <div>
          <dt>{t("run.audited")}</dt>
          <dd>{count(audited)}</dd>
        </div>
        <div>
          <dt>{t("run.wrong")}</dt>
          <dd>{count(wrong)}</dd>
        </div>
      </dl>
      {worse.length > 0 && (
        <ul aria-label={t("run.worse")}>
          {worse.map(({ evaluation, measure, slice, before, after }) => {
            const where = Object.entries(slice).map(([name, value]) => `${name} ${value}`)
            const was = t("run.was", { before: percent(before), after: percent(after) })
            return (
              <li key={`${evaluation}/${measure}/${where}`}>
                <Status tone="bad">{t("run.worse")}</Status>{" "}
                {[evaluation, measure, where.join(", ") || t("run.everywhere"), was].join(" · ")}
              </li>
            )
          })}
        </ul>
      )}
      {other_changes.length > 0 && (
        <ul aria-label={t("run.also")}>
          {other_changes.map(({ what, before, after }) => (
            <li key={what}>
              {t("run.also")}: <code>{what}</code>{" "}
              {t("run.was", { before: String(before ?? "–"), after: String(after ?? "–") })}
            </li>
          ))}
        </ul>
      )}
      {because ? (
        <p>{because}</p>
      ) : (
        <>
          {!parts.some(({ found }) => found) && <p>{t("run.nothing_found")}</p>}
          <Table
            label={t("run.parts")}
            rows={parts}
            columns={COLUMNS}
            keyOf={({ facet, name }) => `${facet}/${name}`}
            empty={null}
          />
          <p className="dim">{method}</p>
        </>
      )}
    </>
  )
}
