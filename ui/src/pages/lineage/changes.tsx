import { useQuery } from "@tanstack/react-query"
import { Link, useParams, useSearch } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import type { Entry } from "@/editors/labels"
import { count } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Filters } from "@/parts/filters"
import { Problem } from "@/parts/problem"
import { useRows } from "@/parts/rows"
import { Status, type Tone } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { describe } from "@/work/describe"
import { useLabelNames } from "@/work/label-names"
import { type ChangedRow, KINDS, type Kind, type Summary } from "./types"

const TONES: Record<Kind, Tone> = { added: "ok", relabelled: "warn", confirmed: "dim", removed: "bad" }

const columnsWith = (entries: readonly Entry[]): Column<ChangedRow>[] => [
  {
    key: "change",
    title: t("changes.kind"),
    cell: ({ change }) => <Status tone={TONES[change]}>{t(`changes.${change}`)}</Status>,
  },
  {
    key: "item",
    title: t("changes.item"),
    cell: ({ item_id, external_id }) => (
      <Link to="/i/$item" params={{ item: item_id }}>
        {external_id}
      </Link>
    ),
  },
  { key: "before", title: t("changes.before"), cell: ({ before }) => describe(before, entries) },
  { key: "after", title: t("changes.after"), cell: ({ after }) => describe(after, entries) },
  {
    key: "by",
    title: t("changes.by"),
    cell: ({ by }) =>
      by.map(({ name, organisation }) => [name, organisation].filter(Boolean).join(", ")).join("; ") || "–",
  },
  { key: "because", title: t("changes.because"), wide: true, cell: ({ because }) => because ?? "–" },
]

/** What changed between two releases of one dataset, row by row. */
export default function ChangesRoom() {
  const { release = "" } = useParams({ strict: false }) as { release?: string }
  const { since, only } = useSearch({ strict: false }) as { since?: string; only?: Kind }
  const asked = { ...(since ? { since } : {}), ...(only ? { only } : {}) }
  const path = `/releases/${release}/changes`
  const page = useQuery({
    queryKey: ["changes", release, since],
    queryFn: () => get<Summary>(`${path}/summary`, since ? { since } : {}),
  })
  const { rows, pages: _pages, ...list } = useRows<ChangedRow>(path, asked)
  const name = page.data?.programme
  const entries = useLabelNames(name ? [name] : []).get(name ?? "") ?? []
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    ...(name ? [{ text: t("lineage.title"), to: `/p/${name}/lineage` }] : []),
    { text: t("changes.title") },
  ]
  if (page.error || !page.data) {
    return (
      <Page crumbs={crumbs}>
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </Page>
    )
  }
  const { before, after, pairs } = page.data
  const summary = page.data
  return (
    <Page crumbs={crumbs}>
      <h1>
        {t("changes.title")}
        <small className="dim">
          {t("changes.between", { name: after.name, before: `#${before.number}`, after: `#${after.number}` })}
        </small>
      </h1>
      <dl className="facts">
        {KINDS.map((kind) => (
          <div key={kind} title={kind === "confirmed" ? t("changes.confirmed_means") : undefined}>
            <dt>{t(`changes.${kind}`)}</dt>
            <dd>
              <Link className="number-link" to="." search={{ ...(since ? { since } : {}), only: kind }}>
                {count(summary[kind])}
              </Link>
            </dd>
          </div>
        ))}
        <div>
          <dt>{t("changes.rows")}</dt>
          <dd>{t("run.was", { before: count(before.rows), after: count(after.rows) })}</dd>
        </div>
      </dl>
      {pairs.length > 0 && (
        <details>
          <summary>{t("changes.pairs")}</summary>
          <ul>
            {pairs.map((pair) => (
              <li key={`${describe(pair.before)}>${describe(pair.after)}`}>
                {t("run.was", {
                  before: describe(pair.before, entries),
                  after: describe(pair.after, entries),
                })}{" "}
                · {count(pair.rows)}
              </li>
            ))}
          </ul>
        </details>
      )}
      <Filters
        fields={[["only", t("changes.kind"), KINDS.map((kind) => [kind, t(`changes.${kind}`)] as const)]]}
        first
      />
      <Table
        label={t("changes.title")}
        rows={rows}
        columns={columnsWith(entries)}
        keyOf={({ item_id, change }) => `${item_id}${change}`}
        csv={address(path, { ...asked, format: "csv" })}
        keys
        {...list}
        empty={<Empty title={t("changes.none")} because={t("changes.none_because")} />}
      />
    </Page>
  )
}
