import "@/styles/models.css"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useParams } from "@tanstack/react-router"
import { useState } from "react"
import { get, post, Refusal } from "@/api/http"
import type { ProgrammePage, Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { Empty } from "@/parts/empty"
import { useFreshAfterJobs } from "@/parts/jobs"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { Table } from "@/parts/table"
import { Comparisons } from "./comparison"
import { Compare, Promote, Train } from "./dialogs"
import { Preview } from "./preview"
import { Rounds } from "./rounds"
import { Runs, Warnings } from "./runs"
import type { Version } from "./types"
import { columns, type Doing } from "./versions"

/** The models of a programme: every version with its origin, cover and cost, how two compare, and what to label next. */
export default function ModelsRoom() {
  const { programme = "" } = useParams({ strict: false }) as { programme?: string }
  const path = `/programmes/${encodeURIComponent(programme)}`
  const page = useQuery({ queryKey: ["programme", programme], queryFn: () => get<ProgrammePage>(path) })
  const versions = useQuery({
    queryKey: ["versions", programme],
    queryFn: () => get<Rows<Version>>(`${path}/models`),
  })
  useFreshAfterJobs(programme)
  const declared = Object.keys((page.data?.policy.models ?? {}) as Record<string, unknown>)
  const rows = versions.data?.rows ?? []
  const names = [...new Set([...declared, ...rows.map(({ name }) => name)])]
  const problem = page.error ?? versions.error
  return (
    <Page
      crumbs={[
        { text: t("place.programmes"), to: "/" },
        { text: programme, to: `/p/${programme}` },
        { text: t("versions.title") },
      ]}
    >
      <h1>{t("versions.title")}</h1>
      {problem && <Problem error={problem} retry={() => void versions.refetch()} />}
      {page.data && versions.data && names.length === 0 && (
        <Empty title={t("models.none")} because={t("models.none_because")} />
      )}
      {versions.data &&
        names.map((name) => (
          <Model
            key={name}
            path={path}
            name={name}
            declared={declared.includes(name)}
            versions={rows.filter((one) => one.name === name)}
          />
        ))}
      {names.length > 0 && <Rounds path={path} programme={programme} />}
    </Page>
  )
}

interface Props {
  readonly path: string
  readonly name: string
  /** Whether the programme file names it; a model that came with the data cannot be asked. */
  readonly declared: boolean
  readonly versions: readonly Version[]
}

function Model({ path, name, declared, versions }: Props) {
  const [doing, setDoing] = useState<Doing | null>(null)
  const queries = useQueryClient()
  const own = `${path}/models/${encodeURIComponent(name)}`
  const close = () => setDoing(null)
  const run = (version: Version) =>
    post(`${own}/run`, { version: version.id })
      .then(() => tell(t("versions.run_started", { version: version.version })))
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  const act = (next: Doing) => (next.what === "run" && next.version ? void run(next.version) : setDoing(next))
  return (
    <section className="model" id={`model-${name}`} aria-label={name}>
      <header className="row">
        <h2>{name}</h2>
        <span className="grow" />
        {declared && versions.length === 0 && (
          <button
            type="button"
            className="btn small"
            onClick={() => setDoing({ what: "preview", version: null })}
          >
            {t("versions.preview")}
          </button>
        )}
        {declared && (
          <button
            type="button"
            className="btn small"
            onClick={() => setDoing({ what: "train", version: null })}
          >
            {t("versions.train")}
          </button>
        )}
      </header>
      <Table
        label={t("versions.table", { name })}
        rows={versions}
        columns={columns(declared, act)}
        keyOf={({ id }) => id}
        empty={<Empty title={t("versions.none")} because={t("versions.none_because")} />}
      />
      <Warnings versions={versions} />
      <Runs path={own} name={name} />
      <Comparisons path={own} name={name} />
      {doing?.what === "train" && <Train path={path} own={own} name={name} close={close} />}
      {doing?.what === "preview" && <Preview own={own} version={doing.version} close={close} />}
      {doing?.what === "compare" && doing.version && (
        <Compare path={path} own={own} version={doing.version} versions={versions} close={close} />
      )}
      {doing?.what === "promote" && doing.version && (
        <Promote own={own} version={doing.version} close={close} />
      )}
    </section>
  )
}
