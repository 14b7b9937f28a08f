import { useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { post, Refusal } from "@/api/http"
import { t } from "@/app/i18n"
import { count, moment } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { tell } from "@/parts/notice"
import { useRows } from "@/parts/rows"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"

interface Share {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly items: number | null
  readonly because: string | null
}

interface KindShare extends Share {
  readonly kind: string
}

interface Audit {
  readonly batch_id: string
  readonly batch: string
  readonly drawn_at: number
  readonly drawn: number
  readonly of: number
  readonly read: number
  readonly healthy: boolean | null
  readonly because: string
  readonly measured_at: number | null
  readonly left: Share
  readonly kinds: readonly KindShare[]
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`
const between = ({ low, high }: Share) =>
  low === null || high === null ? "–" : `${percent(low)} – ${percent(high)}`

const AUDITS: readonly Column<Audit>[] = [
  {
    key: "batch",
    title: t("masking.audit"),
    cell: ({ batch, batch_id }) => (
      <Link to="/b/$batch" params={{ batch: batch_id }}>
        {batch}
      </Link>
    ),
  },
  { key: "at", title: t("masking.drawn_at"), cell: ({ drawn_at }) => moment(drawn_at) },
  {
    key: "read",
    title: t("masking.read"),
    number: true,
    cell: (row) =>
      t("masking.read_of", { read: count(row.read), drawn: count(row.drawn), all: count(row.of) }),
  },
  {
    key: "stands",
    title: t("masking.stands"),
    cell: ({ healthy, measured_at }) => (
      <Status tone={healthy === true ? "ok" : healthy === false ? "bad" : "dim"}>
        {t(
          `masking.${measured_at === null ? "open" : healthy === null ? "unclear" : healthy ? "proved" : "broken"}`,
        )}
      </Status>
    ),
  },
  { key: "because", title: t("masking.because"), cell: ({ because }) => because, wide: true },
]

const KINDS: readonly Column<KindShare>[] = [
  { key: "kind", title: t("masking.kind"), cell: ({ kind }) => <span className="mono">{kind}</span> },
  {
    key: "missed",
    title: t("masking.missed"),
    number: true,
    cell: ({ items, n }) => t("masking.of", { items: count(items ?? 0), n: count(n) }),
  },
  {
    key: "rate",
    title: t("masking.rate"),
    number: true,
    cell: ({ value, because }) => (value === null ? (because ?? "–") : percent(value)),
  },
  { key: "interval", title: t("masking.interval"), number: true, cell: between },
]

/** What people with clearance found that the detectors of personal data had left. */
export function MaskingPart({ name }: { name: string }) {
  const path = `/programmes/${encodeURIComponent(name)}/masking`
  const rows = useRows<Audit>(path)
  const queries = useQueryClient()
  const run = () =>
    post(`${path}/run`)
      .then(() => tell(t("masking.running")))
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["rows", path] }))
  const newest = rows.rows?.find(({ measured_at }) => measured_at !== null)
  return (
    <>
      <h2 className="row">
        {t("masking.title")}
        <span className="grow" />
        <button type="button" className="btn" onClick={() => void run()}>
          {t("masking.run")}
        </button>
      </h2>
      <Table
        label={t("masking.title")}
        columns={AUDITS}
        keyOf={({ batch_id }) => batch_id}
        {...rows}
        empty={<Empty title={t("masking.none")} because={t("masking.none_because")} />}
      />
      {newest && (
        <>
          <h3>{t("masking.by_kind", { batch: newest.batch })}</h3>
          <Table
            label={t("masking.by_kind", { batch: newest.batch })}
            columns={KINDS}
            keyOf={({ kind }) => kind}
            rows={newest.kinds}
            empty={null}
          />
        </>
      )}
    </>
  )
}
