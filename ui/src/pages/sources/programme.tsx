import { useQuery } from "@tanstack/react-query"
import { useParams } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import type { ProgrammePage, Release, Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, percent } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { useFreshAfterJobs } from "@/parts/jobs"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { Evaluation } from "./evaluation"
import { Keys } from "./keys"
import type { Source } from "./types"

const dash = (text: string | null) => text ?? "–"

const SOURCES: Column<Source>[] = [
  {
    key: "name",
    title: t("sources.name"),
    by: ({ name }) => name,
    wide: true,
    cell: ({ name, title, stated, withdrawn }) => (
      <>
        <b>{title || name}</b>
        {title && <small>{name}</small>}
        {withdrawn && (
          <div>
            <Status tone="bad">{t("sources.withdrawn", { because: withdrawn })}</Status>
          </div>
        )}
        {!stated && (
          <div>
            <Status tone="warn">{t("sources.unstated")}</Status>
          </div>
        )}
      </>
    ),
  },
  {
    key: "licence",
    title: t("sources.licence"),
    by: ({ licence }) => licence ?? "",
    cell: ({ licence }) => dash(licence),
  },
  { key: "consent", title: t("sources.consent"), cell: ({ consent }) => dash(consent) },
  { key: "residency", title: t("sources.residency"), cell: ({ residency }) => dash(residency) },
  {
    key: "retention",
    title: t("sources.retention"),
    cell: ({ retention }) => (retention === null ? "–" : t("sources.days", { days: retention })),
  },
  { key: "contact", title: t("sources.contact"), cell: ({ contact }) => dash(contact) },
  {
    key: "items",
    title: t("sources.items"),
    number: true,
    by: ({ items }) => items,
    cell: ({ items }) => count(items),
  },
  { key: "releases", title: t("sources.in_releases"), cell: ({ releases }) => releases.join(", ") || "–" },
]

/** Names with how many rows have them, as shares of all. */
function Shares({ of, rows }: { of: Readonly<Record<string, number>>; rows: number }) {
  const named = Object.entries(of)
  if (named.length === 0) return <>–</>
  return (
    <>
      {named.map(([name, n]) => (
        <div key={name}>
          {name || t("sources.none_on_record")}{" "}
          <span className="dim">
            {count(n)} ({percent(rows > 0 ? n / rows : 0)})
          </span>
        </div>
      ))}
    </>
  )
}

const RELEASES: Column<Release>[] = [
  {
    key: "name",
    title: t("sources.release"),
    by: ({ name, number }) => `${name} ${number}`,
    wide: true,
    cell: ({ name, number, withheld }) => (
      <>
        <b>
          {name} #{number}
        </b>
        {Object.entries(withheld ?? {}).map(([because, n]) => (
          <small key={because}>{t("sources.withheld", { count: n, because })}</small>
        ))}
      </>
    ),
  },
  {
    key: "rows",
    title: t("sources.rows"),
    number: true,
    by: ({ rows }) => rows ?? 0,
    cell: ({ rows }) => count(rows ?? 0),
  },
  {
    key: "splits",
    title: t("sources.splits"),
    cell: ({ splits, rows }) => <Shares of={splits ?? {}} rows={rows ?? 0} />,
  },
  {
    key: "licences",
    title: t("sources.licences"),
    cell: ({ licences, rows }) => <Shares of={licences ?? {}} rows={rows ?? 0} />,
  },
  {
    key: "sources",
    title: t("sources.rest_on"),
    cell: ({ sources, rows }) => <Shares of={sources ?? {}} rows={rows ?? 0} />,
  },
]

/** Where a programme's items come from, what its releases are made of, and what they have in common with evaluation sets. */
export default function SourcesRoom() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const path = `/programmes/${encodeURIComponent(name)}`
  const page = useQuery({ queryKey: ["programme", name], queryFn: () => get<ProgrammePage>(path) })
  const sources = useQuery({
    queryKey: ["sources", name],
    queryFn: () => get<Rows<Source>>(`${path}/sources`),
  })
  const releases = useQuery({
    queryKey: ["datasets", name],
    queryFn: () => get<Rows<Release>>(`${path}/releases`, { limit: 1000 }),
  })
  useFreshAfterJobs(page.data?.programme.id ?? "")
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    { text: name, to: `/p/${name}` },
    { text: t("sources.title") },
  ]
  const error = page.error ?? sources.error ?? releases.error
  if (error || !page.data || !sources.data || !releases.data) {
    return (
      <Page crumbs={crumbs}>{error && <Problem error={error} retry={() => void sources.refetch()} />}</Page>
    )
  }
  return (
    <Page crumbs={crumbs}>
      <h1>
        {t("sources.title")}
        <small className="dim">{t("sources.about")}</small>
      </h1>
      <Table
        label={t("sources.title")}
        rows={sources.data.rows}
        columns={SOURCES}
        keyOf={({ name: key }) => key}
        csv={address(`${path}/sources`, { format: "csv" })}
        keys
        empty={<Empty title={t("sources.none")} because={t("sources.none_because")} />}
      />
      <h2>{t("sources.releases")}</h2>
      <Table
        label={t("sources.releases")}
        rows={releases.data.rows}
        columns={RELEASES}
        keyOf={({ id }) => id}
        empty={<Empty title={t("sources.no_releases")} because={t("sources.no_releases_because")} />}
      />
      <Evaluation programme={page.data.programme} releases={releases.data.rows} />
      <Keys programme={name} />
    </Page>
  )
}
