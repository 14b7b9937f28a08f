import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { del, get, post, upload } from "@/api/http"
import type { Job, Kind } from "@/api/nouns"
import { useMe } from "@/api/session"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { bytes, percent } from "@/lib/format"
import { isActive, JobRow } from "@/parts/jobs"
import { Problem } from "@/parts/problem"
import { YamlEditor } from "@/parts/yaml-editor"
import { guess } from "../import-dialog"
import { Authors, OWN, open } from "./authors"
import { Report } from "./report"
import type { Answer, Survey } from "./types"

const LABEL_STUDIO = "label_studio.v1"

/** A project from another tool: looked through first, then brought in. */
export default function BringIn() {
  const { data: me } = useMe()
  const mine = typeof me?.organisation === "string" ? me.organisation : (me?.organisation?.name ?? "")
  const kinds = useQuery({
    queryKey: ["kinds"],
    queryFn: () => get<{ source: Kind[] }>("/kinds"),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [file, setFile] = useState<File | null>(null)
  const [config, setConfig] = useState<File | null>(null)
  const [picked, setPicked] = useState("")
  const [programme, setProgramme] = useState("")
  const [organisation, setOrganisation] = useState("")
  const [sent, setSent] = useState<number | null>(null)
  const [looking, setLooking] = useState<string | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const sources = kinds.data?.source ?? []
  const guessed = file && !file.name.endsWith(".zip") ? guess(file.name, sources) : ""
  const kind = picked || guessed || LABEL_STUDIO
  const job = useQuery({
    queryKey: ["job", looking],
    queryFn: () => get<Job>(`/jobs/${looking}`),
    enabled: looking !== null,
    refetchInterval: ({ state }) => (state.data && !isActive(state.data) ? false : 500),
  })
  const look = async () => {
    if (!file) return
    setProblem(null)
    setLooking(null)
    setSent(0)
    try {
      const kept = await upload<{ file: string }>("/projects/uploads", file, setSent)
      const params = config ? { label_config: await config.text() } : {}
      const begun = await post<Job>("/projects/surveys", {
        file: kept.file,
        filename: file.name,
        source: { name: kind, params },
        programme,
        organisation: organisation || mine,
      })
      setLooking(begun.id)
    } catch (error) {
      setProblem(error)
    } finally {
      setSent(null)
    }
  }
  return (
    <Page crumbs={[{ text: t("place.programmes"), to: "/" }, { text: t("projects.new") }]}>
      <h1>{t("projects.new")}</h1>
      <p className="lead">{t("projects.why")}</p>
      <form
        className="card form"
        aria-label={t("projects.new")}
        onSubmit={(event) => {
          event.preventDefault()
          void look()
        }}
      >
        <label className="field">
          {t("projects.export")}
          <input type="file" onChange={(event) => setFile(event.target.files?.[0] ?? null)} required />
          {file && <small className="dim">{bytes(file.size)}</small>}
        </label>
        <label className="field">
          {t("projects.config")}
          <input type="file" accept=".xml" onChange={(event) => setConfig(event.target.files?.[0] ?? null)} />
        </label>
        <label className="field">
          {t("projects.kind")}
          <select value={kind} onChange={(event) => setPicked(event.target.value)}>
            {(sources.length ? sources.map(({ name }) => name) : [LABEL_STUDIO]).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="field">
          {t("projects.into")}
          <input
            type="text"
            value={programme}
            pattern="[a-z0-9][a-z0-9_\-]{0,62}"
            title={t("projects.into_why")}
            onChange={(event) => setProgramme(event.target.value)}
            required
          />
          <small className="dim">{t("projects.into_why")}</small>
        </label>
        <label className="field">
          {t("projects.organisation")}
          <input
            type="text"
            value={organisation}
            placeholder={mine}
            onChange={(event) => setOrganisation(event.target.value)}
          />
        </label>
        {problem !== null && <Problem error={problem} />}
        {sent !== null && (
          <p className="num" role="status">
            {percent(sent, 0)}
          </p>
        )}
        <div className="row">
          <button type="submit" className="btn primary" disabled={!file || sent !== null}>
            {t("projects.look")}
          </button>
          <span className="dim">{t("projects.looking")}</span>
        </div>
      </form>
      {job.error && <Problem error={job.error} />}
      {job.data && job.data.state !== "done" && (
        <ul className="jobs">
          <JobRow
            job={job.data}
            act={(what) => void post(`/jobs/${looking}/${what}`).then(() => job.refetch(), setProblem)}
          />
        </ul>
      )}
      {job.data?.state === "done" && (
        <Found key={job.data.id} job={job.data.id} survey={job.data.result as Survey} />
      )}
    </Page>
  )
}

/** What was found, who the authors are, the file it becomes, and the way in. */
function Found({ job, survey }: { job: string; survey: Survey }) {
  const [answers, setAnswers] = useState<Record<string, Answer>>({})
  const [yaml, setYaml] = useState(survey.yaml ?? "")
  const [problem, setProblem] = useState<unknown>(null)
  const queries = useQueryClient()
  const go = useNavigate()
  const unanswered = survey.authors.filter((one) => open(one, answers))
  const said = (how: Answer["how"]) =>
    Object.fromEntries(
      survey.authors
        .map(({ author }) => [author, answers[author] ?? OWN] as const)
        .filter(([, answer]) => answer.how === how)
        .map(([author, answer]) => [author, answer.name.trim()]),
    )
  const bring = async () => {
    setProblem(null)
    await post<Job>("/projects", {
      survey: job,
      accounts: said("is"),
      names: said("as"),
      yaml: survey.exists ? null : yaml,
    })
    await del(`/projects/surveys/${job}`)
    await queries.invalidateQueries()
    await go({ to: "/p/$programme", params: { programme: survey.programme }, search: { tab: "jobs" } })
  }
  return (
    <div className="stack">
      <Report survey={survey} />
      {survey.authors.length > 0 && (
        <Authors
          authors={survey.authors}
          answers={answers}
          onAnswer={(author, answer) => setAnswers({ ...answers, [author]: answer })}
        />
      )}
      {survey.exists ? (
        <>
          <p>{t("projects.exists", { programme: survey.programme })}</p>
          {problem !== null && <Problem error={problem} />}
          <div className="row">
            <button
              type="button"
              className="btn primary"
              disabled={unanswered.length > 0}
              onClick={() => void bring().catch(setProblem)}
            >
              {t("projects.bring_in")}
            </button>
          </div>
        </>
      ) : (
        <section className="stack" aria-labelledby="draft">
          <h2 id="draft">{t("projects.draft")}</h2>
          <p className="dim">{t("projects.draft_why")}</p>
          <YamlEditor yaml={yaml} onChange={setYaml} apply={bring} act={t("projects.bring_in")} />
        </section>
      )}
    </div>
  )
}
