import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import type { Clause, Label } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { moment } from "@/lib/format"
import { CopyId } from "@/parts/copy"
import { Empty } from "@/parts/empty"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { VersionLink } from "./behind"

interface Beside {
  readonly id: string
  readonly number: number
}

interface Version {
  readonly id: string
  readonly kind: "ontology" | "guideline"
  readonly number: number
  readonly programme: string
  readonly digest: string
  readonly sealed_at: number
  readonly sealed_by: string
  readonly in_force: boolean
  readonly before: Beside | null
  readonly after: Beside | null
  readonly labels?: readonly Label[]
  readonly clauses?: readonly Clause[]
}

/** Labels or guidelines as they were sealed: word for word what judgements were made under. */
export default function VersionRoom() {
  const { version: id = "" } = useParams({ strict: false }) as { version?: string }
  const page = useQuery({ queryKey: ["version", id], queryFn: () => get<Version>(`/versions/${id}`) })
  const version = page.data
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    ...(version ? [{ text: version.programme, to: `/p/${version.programme}` }] : []),
    { text: version ? t(`version.${version.kind}`, { number: version.number }) : t("version.title") },
  ]
  if (page.error || !version) {
    return (
      <Page crumbs={crumbs}>
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </Page>
    )
  }
  const { kind, number, programme, before, after, digest, sealed_at, sealed_by, in_force } = version
  return (
    <Page crumbs={crumbs}>
      <h1>
        {t(`version.${kind}`, { number })}
        <small className="dim">
          <CopyId id={version.id} />
          {t("version.sealed", { when: moment(sealed_at), by: sealed_by })}
        </small>
      </h1>
      <p className="row wrap">
        <Status tone={in_force ? "ok" : "dim"}>{t(in_force ? "version.in_force" : "version.past")}</Status>
        {before && <VersionLink id={before.id}>{t("version.before", { number: before.number })}</VersionLink>}
        {after && <VersionLink id={after.id}>{t("version.after", { number: after.number })}</VersionLink>}
        <Link to="/p/$programme" params={{ programme }} search={{ tab: "labels" }}>
          {t("version.now")}
        </Link>
        <a
          href={address(`/programmes/${programme}/judgements`, { [kind]: version.id, format: "csv" })}
          download
        >
          {t("version.said")}
        </a>
      </p>
      {kind === "ontology" ? (
        <Table
          label={t("ontology.tab")}
          rows={version.labels}
          columns={LABELS}
          keyOf={({ id: label }) => label}
          keys
          empty={null}
        />
      ) : (
        <Table
          label={t("ontology.clauses")}
          rows={version.clauses}
          columns={CLAUSES}
          keyOf={({ id: clause }) => clause}
          keys
          empty={<Empty title={t("version.no_clauses")} because={t("version.no_clauses_because")} />}
        />
      )}
      <p className="dim mono small">sha256:{digest}</p>
    </Page>
  )
}

const LABELS: Column<Label>[] = [
  { key: "name", title: t("ontology.name"), by: ({ name }) => name, cell: ({ name }) => <b>{name}</b> },
  { key: "id", title: t("ontology.id"), by: ({ id }) => id, cell: ({ id }) => <code>{id}</code> },
  {
    key: "definition",
    title: t("ontology.definition"),
    wide: true,
    cell: ({ definition }) => <span dir="auto">{definition || "–"}</span>,
  },
  {
    key: "parent",
    title: t("ontology.parent"),
    by: ({ parent }) => parent,
    cell: ({ parent }) => parent ?? "–",
  },
  {
    key: "human_only",
    title: t("ontology.human_only"),
    by: ({ human_only }) => Number(human_only),
    cell: ({ human_only }) => (human_only ? <Status tone="warn">{t("ontology.human_only")}</Status> : "–"),
  },
  {
    key: "retired",
    title: t("ontology.retired"),
    by: ({ selectable }) => Number(!selectable),
    cell: ({ selectable }) => (selectable ? "–" : <Status tone="dim">{t("ontology.retired")}</Status>),
  },
]

const CLAUSES: Column<Clause>[] = [
  { key: "id", title: t("ontology.clause_id"), by: ({ id }) => id, cell: ({ id }) => <code>{id}</code> },
  {
    key: "label",
    title: t("ontology.clause_label"),
    by: ({ label }) => label,
    cell: ({ label }) => label ?? t("ontology.all"),
  },
  {
    key: "text",
    title: t("ontology.clause_text"),
    wide: true,
    cell: ({ title, text }) => (
      <span dir="auto">
        <b>{title}</b> {text}
      </span>
    ),
  },
]
