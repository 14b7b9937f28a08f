import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { del, get, post } from "@/api/http"
import type { Job, Kind } from "@/api/nouns"
import { useMe } from "@/api/session"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { LookThrough } from "@/parts/look-through"
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
  const [guessed, setGuessed] = useState("")
  const [config, setConfig] = useState<File | null>(null)
  const [picked, setPicked] = useState("")
  const [programme, setProgramme] = useState("")
  const [organisation, setOrganisation] = useState("")
  const sources = kinds.data?.source ?? []
  const kind = picked || guessed || LABEL_STUDIO
  const survey = async (file: string, filename: string) =>
    post<Job>("/projects/surveys", {
      file,
      filename,
      source: { name: kind, params: config ? { label_config: await config.text() } : {} },
      programme,
      organisation: organisation || mine,
    })
  return (
    <Page crumbs={[{ text: t("place.programmes"), to: "/" }, { text: t("projects.new") }]}>
      <h1>{t("projects.new")}</h1>
      <p className="lead">{t("projects.why")}</p>
      <LookThrough
        title={t("projects.new")}
        file={t("projects.export")}
        onFile={(file) => setGuessed(file && !file.name.endsWith(".zip") ? guess(file.name, sources) : "")}
        to="/projects/uploads"
        begin={(kept, { name }) => survey(kept, name)}
        look={t("projects.look")}
        why={t("projects.looking")}
        found={(job) => <Found key={job.id} job={job.id} survey={job.result as Survey} />}
      >
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
      </LookThrough>
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
