import { IconMessageQuestion, IconRoute, IconUpload } from "@tabler/icons-react"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useParams, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { get, post, Refusal } from "@/api/http"
import type { ProgrammePage } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { Guarded } from "@/parts/guarded"
import { Jobs, Running, useFreshAfterJobs } from "@/parts/jobs"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { ProgressLine } from "@/parts/progress"
import { QueueCards } from "@/parts/queue-cards"
import { Tabs } from "@/parts/tabs"
import { ImportDialog } from "./import-dialog"
import { Batches } from "./programme/batches"
import { FileVersions } from "./programme/file"
import { Imports } from "./programme/imports"
import { Items } from "./programme/items"
import { LabelsPart } from "./programme/labels"
import { Members } from "./programme/members"
import { Models } from "./programme/models"
import { OntologyChanges } from "./programme/ontology"
import { OverviewPart } from "./programme/overview"
import { Releases } from "./programme/releases"
import { Rooms } from "./programme/rooms"
import { Team } from "./programme/team"
import { Webhooks } from "./programme/webhooks"

const TABS = [
  "overview",
  "batches",
  "items",
  "releases",
  "imports",
  "models",
  "labels",
  "ontology",
  "people",
  "team",
  "jobs",
  "file",
] as const
type Tab = (typeof TABS)[number]

export default function ProgrammeRoom() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const { tab = "overview" } = useSearch({ strict: false }) as { tab?: Tab }
  const [importing, setImporting] = useState(false)
  const queries = useQueryClient()
  const page = useQuery({
    queryKey: ["programme", name],
    queryFn: () => get<ProgrammePage>(`/programmes/${encodeURIComponent(name)}`),
    refetchInterval: 10_000,
  })
  useFreshAfterJobs(page.data?.programme.id ?? "")
  const imports = page.data?.may.includes("import") ?? false
  const route = () =>
    post(`/programmes/${encodeURIComponent(name)}/route`)
      .then(() => tell(t("programme.routing")))
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  useCommands([
    ...(imports
      ? [
          {
            id: "programme.import",
            title: t("import.title"),
            keys: ["i"],
            scope: "table" as const,
            run: () => setImporting(true),
          },
          {
            id: "programme.route",
            title: t("programme.route"),
            keys: [],
            scope: "table" as const,
            run: () => void route(),
          },
        ]
      : []),
  ])
  const crumbs = [{ text: t("place.programmes"), to: "/" }, { text: name }]
  if (page.error) {
    return (
      <Page crumbs={crumbs}>
        <Problem error={page.error} retry={() => void page.refetch()} />
      </Page>
    )
  }
  if (!page.data) return <Page crumbs={crumbs}>{null}</Page>
  const { programme, progress, queues } = page.data
  return (
    <Page
      crumbs={crumbs}
      actions={
        <>
          <Link
            className="btn"
            to="/p/$programme/questions"
            params={{ programme: programme.name }}
            search={{ state: "open" }}
          >
            <IconMessageQuestion size={16} aria-hidden /> {t("questions.all")}
          </Link>
          {imports && (
            <>
              <button
                type="button"
                className="btn"
                onClick={() => void route()}
                title={t("programme.route_hint")}
              >
                <IconRoute size={16} aria-hidden /> {t("programme.route")}
              </button>
              <button type="button" className="btn primary" onClick={() => setImporting(true)}>
                <IconUpload size={16} aria-hidden /> {t("import.title")}
              </button>
            </>
          )}
        </>
      }
    >
      <Guarded mark={page.data?.mark} />
      <h1>
        {programme.title}
        <small className="dim">
          {programme.name} · {programme.organisation} · {t("programme.version", { number: programme.number })}
        </small>
      </h1>
      {progress.items > 0 && <ProgressLine progress={progress} />}
      {tab === "overview" && <QueueCards queues={queues} programme={programme} />}
      <Tabs label={t("programme.parts")} tabs={TABS.map((key) => [key, titleOf(key)] as const)} at={tab} />
      <Rooms programme={name} />
      {tab !== "jobs" && <Running programme_id={programme.id} />}
      <Part
        tab={tab}
        page={page.data}
        startImport={imports ? () => setImporting(true) : undefined}
        route={imports ? () => void route() : undefined}
      />
      {importing && (
        <ImportDialog
          programme={programme}
          models={modelsOf(page.data.policy)}
          close={() => setImporting(false)}
        />
      )}
    </Page>
  )
}

const titleOf = (tab: Tab) => (tab === "overview" ? t("overview.title") : t(`programme.tab.${tab}`))

/** The models of the file, the one that routing goes by first. */
function modelsOf({ models, routing }: Record<string, unknown>): readonly string[] {
  const first = (routing as { model?: string | null } | undefined)?.model
  const rest = Object.keys((models as Record<string, unknown> | undefined) ?? {})
  return first ? [first, ...rest.filter((name) => name !== first)] : rest
}

interface PartProps {
  readonly tab: Tab
  readonly page: ProgrammePage
  /** Both undefined where that door is shut. */
  readonly startImport: (() => void) | undefined
  readonly route: (() => void) | undefined
}

function Part({ tab, page, startImport, route }: PartProps) {
  const { programme } = page
  if (tab === "items") return <Items page={page} startImport={startImport} />
  if (tab === "labels") return <LabelsPart page={page} />
  if (tab === "imports") return <Imports programme={programme} startImport={startImport} />
  if (tab === "models") return <Models page={page} />
  if (tab === "jobs") {
    return (
      <>
        <Jobs programme_id={programme.id} />
        <Webhooks programme={programme} />
      </>
    )
  }
  if (tab === "people") return <Members page={page} />
  if (tab === "releases") return <Releases page={page} />
  if (tab === "team") return <Team programme={programme} />
  if (tab === "ontology") return <OntologyChanges page={page} />
  if (tab === "file") return <FileVersions page={page} />
  if (tab === "batches") return <Batches programme={programme} route={route} />
  return <OverviewPart page={page} startImport={startImport} route={route} />
}
