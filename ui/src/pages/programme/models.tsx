import { useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { post, Refusal } from "@/api/http"
import type { ProgrammePage } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Empty } from "@/parts/empty"
import { isActive, JobLine, useJobs } from "@/parts/jobs"
import { tell } from "@/parts/notice"

interface ModelDoc {
  judge?: { name?: string } | string
  version?: string
}

/** What somebody writes into the file to have suggestions checked; the built-in model learns from the labels here. */
const EXAMPLE = `models:
  baseline: {judge: choice_baseline.v1}
routing:
  model: baseline
  rules:
    - {rule: the model is sure, when: {confidence: {from: 0.9}}, to: verify, tier: 1}
    - {rule: everything else, to: annotate, tier: 1}`

const LATELY = 4 // jobs

/** The models of the programme file; each can be trained, and asked for its suggestions. */
export function Models({ page }: { page: ProgrammePage }) {
  const { programme, policy, may } = page
  const queries = useQueryClient()
  const models = Object.entries((policy.models ?? {}) as Record<string, ModelDoc>)
  const jobs = useJobs(programme.id)
  const said = (jobs.data?.rows ?? [])
    .filter((job) => (job.kind === "train" || job.kind === "prelabel") && !isActive(job))
    .slice(0, LATELY)
  const start = (name: string, act: "train" | "run") =>
    post(`/programmes/${programme.id}/models/${encodeURIComponent(name)}/${act}`)
      .then(() => tell(t(`models.started.${act}`, { name })))
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  if (models.length === 0) {
    return (
      <Empty title={t("models.none")} because={t("models.none_because")}>
        <pre className="mono snippet">{EXAMPLE}</pre>
        <Link className="btn primary" to="." search={{ tab: "file" }}>
          {t("models.to_file")}
        </Link>
      </Empty>
    )
  }
  return (
    <>
      <p className="lead">{t("models.how")}</p>
      <p>
        <Link to="/p/$programme/models" params={{ programme: programme.name }}>
          {t("models.versions")}
        </Link>
      </p>
      <ul className="cards">
        {models.map(([name, { judge, version }]) => (
          <li key={name} className="card">
            <h2>{name}</h2>
            <p className="dim">
              {typeof judge === "string" ? judge : judge?.name} · {t("models.version", { version })}
            </p>
            {may.includes("import") && (
              <div className="row">
                <button type="button" className="btn small" onClick={() => void start(name, "train")}>
                  {t("models.train")}
                </button>
                <button type="button" className="btn small" onClick={() => void start(name, "run")}>
                  {t("models.run")}
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {said.length > 0 && (
        <>
          <h2>{t("models.lately")}</h2>
          <ul className="jobs">
            {said.map((job) => (
              <li key={job.id} className="job">
                <JobLine job={job} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
