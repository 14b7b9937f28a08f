import "@/styles/rhythm.css"
import { IconRulerMeasure } from "@tabler/icons-react"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useParams, useSearch } from "@tanstack/react-router"
import { address, get, post, Refusal } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, moment, percent } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Filters } from "@/parts/filters"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import type { Coverage, Gap } from "./types"

interface Search {
  readonly of?: string
  readonly against?: string
}

/** What a dataset holds beside what it should, slice by slice. */
export default function CoverageRoom() {
  const { programme = "" } = useParams({ strict: false }) as { programme?: string }
  const { of = "labels", against = "target" } = useSearch({ strict: false }) as Search
  const path = `/programmes/${encodeURIComponent(programme)}/coverage`
  const queries = useQueryClient()
  const key = ["coverage", programme, of, against]
  const page = useQuery({
    queryKey: key,
    queryFn: () => get<Coverage>(path, { of, against }),
    refetchInterval: 30_000,
  })
  const measure = () =>
    post(path, { of })
      .then(() => tell(t("coverage.measuring")))
      .catch((refusal: unknown) => tell(refusal instanceof Refusal ? refusal.sentence : String(refusal)))
      .finally(() => void queries.invalidateQueries({ queryKey: key }))
  const target = page.data?.target
  return (
    <Page
      crumbs={[
        { text: t("place.programmes"), to: "/" },
        { text: programme, to: `/p/${programme}` },
        { text: t("coverage.title") },
      ]}
      actions={
        <>
          <Link
            className="btn quiet"
            to="/p/$programme/briefs"
            params={{ programme }}
            search={{ source: "coverage" }}
          >
            {t("coverage.briefs")}
          </Link>
          {target && (
            <button type="button" className="btn" onClick={() => void measure()}>
              <IconRulerMeasure size={16} aria-hidden /> {t("coverage.measure")}
            </button>
          )}
        </>
      }
    >
      <h1>
        {t("coverage.title")}
        <small className="dim">{t("coverage.about")}</small>
      </h1>
      <Filters
        fields={[
          ["of", t("coverage.of")],
          [
            "against",
            t("coverage.against"),
            [
              ["target", t("coverage.target")],
              ["production", t("coverage.production")],
            ],
          ],
        ]}
      />
      {page.data && (
        <p className="dim">
          {[
            target && t("coverage.line", { gap: percent(target.gap), n: count(target.least) }),
            page.data.measured_at !== null && t("coverage.measured", { when: moment(page.data.measured_at) }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
      )}
      {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      <Table
        label={t("coverage.title")}
        rows={page.data?.rows}
        columns={columns()}
        keyOf={({ slice, value }) => `${slice}=${value}`}
        csv={address(path, { of, against, format: "csv" })}
        loading={page.isFetching}
        empty={<Empty title={t("coverage.none")} because={t("coverage.none_because")} />}
        keys
      />
    </Page>
  )
}

/** A gap in points of share, with its sign. */
const points = (gap: number) => `${gap > 0 ? "+" : ""}${percent(gap)}`

const columns = (): Column<Gap>[] => [
  {
    key: "slice",
    title: t("coverage.slice"),
    by: ({ slice, value }) => `${slice} ${value}`,
    wide: true,
    cell: ({ slice, value }) => (
      <>
        <span className="dim">{slice}</span> <b>{value}</b>
      </>
    ),
  },
  {
    key: "state",
    title: t("coverage.state"),
    by: ({ healthy }) => (healthy === null ? 1 : healthy ? 2 : 0),
    cell: ({ healthy }) =>
      healthy === null ? (
        <Status tone="dim">{t("coverage.unknown")}</Status>
      ) : (
        <Status tone={healthy ? "ok" : "bad"}>{t(healthy ? "coverage.enough" : "coverage.short")}</Status>
      ),
  },
  {
    key: "share",
    title: t("coverage.share"),
    by: ({ share }) => share,
    cell: ({ share, count: held, n, eligible, because }) => (
      <span className="evidence-cell" title={because}>
        {share === null ? <span className="dim">{because}</span> : <b className="num">{percent(share)}</b>}
        <small className="dim num">
          {t("coverage.counted", { held: count(held), n: count(n), eligible: count(eligible) })}
        </small>
      </span>
    ),
  },
  {
    key: "target",
    title: t("coverage.target_share"),
    by: ({ target }) => target,
    number: true,
    cell: ({ target }) => percent(target),
  },
  {
    key: "gap",
    title: t("coverage.gap"),
    by: ({ gap }) => gap,
    cell: ({ gap, low, high, level, method }) => (
      <span className="evidence-cell" title={method}>
        {gap === null ? <span className="dim">–</span> : <b className="num">{points(gap)}</b>}
        {low !== null && high !== null && level !== null && (
          <small className="dim num">
            {t("evidence.interval", { level: percent(level, 0), low: points(low), high: points(high) })}
          </small>
        )}
      </span>
    ),
  },
]
