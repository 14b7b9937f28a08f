import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useSearch } from "@tanstack/react-router"
import { type ReactNode, useEffect, useRef } from "react"
import { address, get, post, Refusal } from "@/api/http"
import type { Job, Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { clock, count, moment, percent, relative } from "@/lib/format"
import { Empty } from "./empty"
import { type Choice, Filters } from "./filters"
import { tell } from "./notice"
import { useRows } from "./rows"
import { useOrder } from "./sorted"
import { Status, type Tone } from "./status"
import { type Column, Table } from "./table"

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

/** A job as it stands, looked at until it is over. */
export function useJob(id: string | null) {
  return useQuery({
    queryKey: ["job", id],
    queryFn: () => get<Job>(`/jobs/${id}`),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data && !isActive(state.data) ? false : 500),
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

/** What runs for a programme right now, above whatever page of it one is on. */
export function Running({ programme_id }: { programme_id: string }) {
  const jobs = useJobs(programme_id).data?.rows.filter((job) => isActive(job) && !QUIET.has(job.kind))
  const queries = useQueryClient()
  if (!jobs?.length) return null
  const act = (job: Job, what: "cancel" | "retry") =>
    post<Job>(`/jobs/${job.id}/${what}`)
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  return (
    <ul className="jobs" aria-label={t("jobs.running")}>
      {jobs.map((job) => (
        <JobRow key={job.id} job={job} act={(what) => void act(job, what)} />
      ))}
    </ul>
  )
}

/** Housekeeping that nobody waits for. */
const QUIET = new Set(["announce", "deliver", "index_text", "raci", "rhythm", "sla"])

/** Why a job failed, with what was expected and found. */
export const whyOf = (error: NonNullable<Job["error"]>) =>
  typeof error === "string" ? error : new Refusal(0, "", error.message, error).sentence

/** What a job is, in words; one of a newer server by its own name. */
export const titleOf = (kind: string) =>
  t(`jobs.kind.${kind}` as "jobs.kind.gate", { defaultValue: kind.replaceAll("_", " ") })

/** How far it is, and how long it will take. */
function amountOf({ state, done, total, unit, eta_s }: Job): string {
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
  return [amount, left].filter(Boolean).join(" · ")
}

type Act = (job: Job, what: "cancel" | "retry") => void

const columnsWith = (act: Act): Column<Job>[] => [
  {
    key: "kind",
    title: t("jobs.what"),
    sort: "kind",
    wide: true,
    cell: ({ kind, note, error }) => (
      <>
        {titleOf(kind)}
        {note && <small>{note}</small>}
        {error && <small className="status bad">{whyOf(error)}</small>}
      </>
    ),
  },
  {
    key: "state",
    title: t("import.state"),
    sort: "state",
    cell: ({ state }) => <Status tone={TONES[state]}>{t(`jobs.state.${state}`)}</Status>,
  },
  {
    key: "amount",
    title: t("jobs.amount"),
    cell: (job) => (
      <>
        <span className="num">{amountOf(job) || "–"}</span>
        {isActive(job) && (
          <progress
            aria-label={titleOf(job.kind)}
            {...(job.total ? { value: job.done, max: job.total } : {})}
          />
        )}
      </>
    ),
  },
  {
    key: "created",
    title: t("jobs.created"),
    sort: "created",
    cell: ({ created_at }) => <span title={moment(created_at)}>{relative(created_at)}</span>,
  },
  {
    key: "finished",
    title: t("jobs.finished"),
    sort: "finished",
    cell: ({ finished_at }) =>
      finished_at === null ? "–" : <span title={moment(finished_at)}>{relative(finished_at)}</span>,
  },
  {
    key: "act",
    title: t("table.act"),
    cell: (job) =>
      job.state !== "done" && (
        <button
          type="button"
          className="btn small"
          onClick={() => act(job, isActive(job) ? "cancel" : "retry")}
        >
          {t(isActive(job) ? "jobs.cancel" : "jobs.retry")}
        </button>
      ),
  },
]

const HEADINGS = columnsWith(() => undefined)
const KINDS: readonly Choice[] = Object.entries(
  t("jobs.kind", { returnObjects: true }) as unknown as Record<string, string>,
).toSorted((a, b) => a[1].localeCompare(b[1]))
const STATES = Object.keys(TONES).map((state): Choice => [state, t(`jobs.state.${state as Job["state"]}`)])

/** The background work of a programme, newest first; looked at every second while some of it runs. */
export function Jobs({ programme_id }: { programme_id: string }) {
  const { state, kind, all } = useSearch({ strict: false }) as Record<
    "state" | "kind" | "all",
    string | undefined
  >
  const busy = useJobs(programme_id).data?.rows.some(isActive)
  const queries = useQueryClient()
  const asked = !(kind || all)
  const query = { programme_id, state, kind, asked, ...useOrder(HEADINGS) }
  const { rows, pages: _pages, ...list } = useRows<Job>("/jobs", query, busy ? 1_000 : 10_000)
  const act: Act = (job, what) =>
    void post<Job>(`/jobs/${job.id}/${what}`)
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(
        () =>
          void Promise.all([["jobs"], ["rows"]].map((queryKey) => queries.invalidateQueries({ queryKey }))),
      )
  return (
    <>
      <Filters
        fields={[
          ["kind", t("jobs.what"), KINDS],
          ["state", t("import.state"), STATES],
          ["all", t("jobs.also"), [["true", t("jobs.by_itself")]]],
        ]}
      />
      <Table
        label={t("programme.tab.jobs")}
        rows={rows}
        columns={columnsWith(act)}
        keyOf={({ id }) => id}
        csv={address("/jobs", { ...query, format: "csv" })}
        keys
        {...list}
        empty={
          state || kind || all ? (
            <Empty title={t("filter.none")} because={t("filter.none_because")} />
          ) : (
            <Empty title={t("jobs.none")} because={t("jobs.none_because")} />
          )
        }
      />
    </>
  )
}

/** One job in a line: what, how far, when, what it noted and why it failed. */
export function JobLine({ job, children }: { job: Job; children?: ReactNode }) {
  const { kind, state, done, total, note, error, finished_at, created_at } = job
  return (
    <>
      <div className="row">
        <b>{titleOf(kind)}</b>
        <Status tone={TONES[state]}>{t(`jobs.state.${state}`)}</Status>
        <span className="num dim">{amountOf(job)}</span>
        <span className="grow" />
        <span className="dim">{relative(finished_at ?? created_at)}</span>
        {children}
      </div>
      {isActive(job) && (
        <progress aria-label={titleOf(kind)} {...(total ? { value: done, max: total } : {})} />
      )}
      {note && <p className="dim">{note}</p>}
      {error && <p className="status bad">{whyOf(error)}</p>}
    </>
  )
}

export function JobRow({ job, act }: { job: Job; act: (what: "cancel" | "retry") => void }) {
  return (
    <li className="job">
      <JobLine job={job}>
        {job.state !== "done" && (
          <button type="button" className="btn small" onClick={() => act(isActive(job) ? "cancel" : "retry")}>
            {t(isActive(job) ? "jobs.cancel" : "jobs.retry")}
          </button>
        )}
      </JobLine>
    </li>
  )
}
