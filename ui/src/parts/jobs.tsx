import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useEffect, useRef } from "react"
import { get, post, Refusal } from "@/api/http"
import type { Job, Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { clock, count, percent, relative } from "@/lib/format"
import { Empty } from "./empty"
import { tell } from "./notice"
import { Problem } from "./problem"
import { Status, type Tone } from "./status"

const TONES: Record<Job["state"], Tone> = {
  queued: "dim",
  running: "accent",
  done: "ok",
  failed: "bad",
  cancelled: "warn",
}

export const isActive = ({ state }: Job) => state === "queued" || state === "running"

/** The jobs of a programme; looked at every second while one of them runs. */
export function useJobs(programme_id: string) {
  return useQuery({
    queryKey: ["jobs", programme_id],
    queryFn: () => get<Rows<Job>>("/jobs", { programme_id }),
    enabled: programme_id !== "",
    refetchInterval: ({ state }) => (state.data?.rows.some(isActive) ? 1_000 : 10_000),
  })
}

/** Reads everything anew when a job is over: pages show what it did at once, however seldom they look by themselves. */
export function useFreshAfterJobs(programme_id: string): void {
  const { data } = useJobs(programme_id)
  const queries = useQueryClient()
  const known = useRef<number | null>(null)
  const newest = data ? Math.max(0, ...data.rows.map(({ finished_at }) => finished_at ?? 0)) : null
  useEffect(() => {
    if (newest !== null && known.current !== null && newest > known.current) void queries.invalidateQueries()
    if (newest !== null) known.current = newest
  }, [newest, queries])
}

export function Jobs({ programme_id }: { programme_id: string }) {
  const jobs = useJobs(programme_id)
  const queries = useQueryClient()
  const act = (job: Job, what: "cancel" | "retry") =>
    post<Job>(`/jobs/${job.id}/${what}`)
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  if (jobs.error) return <Problem error={jobs.error} retry={() => void jobs.refetch()} />
  if (jobs.data?.rows.length === 0) return <Empty title={t("jobs.none")} because={t("jobs.none_because")} />
  return (
    <ul className="jobs">
      {jobs.data?.rows.map((job) => (
        <JobRow key={job.id} job={job} act={(what) => void act(job, what)} />
      ))}
    </ul>
  )
}

export function JobRow({ job, act }: { job: Job; act: (what: "cancel" | "retry") => void }) {
  const { kind, state, done, total, unit, note, eta_s, error, finished_at, created_at } = job
  const amount = total
    ? t("jobs.of", {
        done: count(done),
        total: count(total),
        unit,
        share: percent(Math.min(1, done / total), 0),
      })
    : done > 0
      ? t("jobs.so_far", { done: count(done), unit })
      : ""
  const left = state === "running" && eta_s !== null ? t("jobs.left", { time: clock(eta_s) }) : null
  return (
    <li className="job">
      <div className="row">
        <b>{kind}</b>
        <Status tone={TONES[state]}>{t(`jobs.state.${state}`)}</Status>
        <span className="num dim">{[amount, left].filter(Boolean).join(" · ")}</span>
        <span className="grow" />
        <span className="dim">{relative(finished_at ?? created_at)}</span>
        {state !== "done" && (
          <button type="button" className="btn small" onClick={() => act(isActive(job) ? "cancel" : "retry")}>
            {t(isActive(job) ? "jobs.cancel" : "jobs.retry")}
          </button>
        )}
      </div>
      {isActive(job) && <progress aria-label={kind} {...(total ? { value: done, max: total } : {})} />}
      {note && <p className="dim">{note}</p>}
      {error && <p className="status bad">{typeof error === "string" ? error : error.message}</p>}
    </li>
  )
}
