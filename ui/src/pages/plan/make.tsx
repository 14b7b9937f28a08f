import { useQuery } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { get, post, Refusal } from "@/api/http"
import type { Job } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count } from "@/lib/format"
import { isActive } from "@/parts/jobs"
import { Problem } from "@/parts/problem"
import { EXAMPLE } from "./example"

interface Other {
  readonly name: string
  readonly yaml: string
}

/** What a job failed with, as a page says it. */
function refused({ error, state }: Job): Refusal {
  if (error === null || typeof error === "string") return new Refusal(500, "error", error ?? state)
  const { code = "error", message, ...detail } = error as { code?: string; message: string }
  return new Refusal(422, code, message, detail)
}

/** What to simulate: the file in force, policies beside it, and inputs that are assumed or measured. */
export function MakePlan({ programme, made }: { programme: string; made: (plan: string) => void }) {
  const [open, setOpen] = useState(false)
  const [pilot, setPilot] = useState(false)
  const [assumptions, setAssumptions] = useState(EXAMPLE)
  const [others, setOthers] = useState<readonly Other[]>([])
  const [job, setJob] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const running = useQuery({
    queryKey: ["plan job", job],
    queryFn: () => get<Job>(`/jobs/${job}`),
    enabled: job !== null,
    refetchInterval: ({ state }) => (state.data && !isActive(state.data) ? false : 700),
  })
  const now = running.data
  useEffect(() => {
    if (!now || isActive(now)) return
    setJob(null)
    if (now.state === "done") made((now.result as { plan: string }).plan)
    else setError(refused(now))
  }, [now, made])
  const begin = (path: string, body: unknown) => {
    setError(null)
    return post<Job>(path, body)
      .then(({ id }) => setJob(id))
      .catch(setError)
  }
  const simulate = () =>
    begin("/plans", {
      programme,
      others,
      pilot,
      ...(assumptions.trim() === "" ? {} : { assumptions }),
    })
  const read = (files: FileList | null) =>
    void Promise.all(
      Array.from(files ?? []).map(async (file) => ({ name: file.name, yaml: await file.text() })),
    ).then(setOthers)
  const busy = job !== null
  return (
    <section className="card" aria-labelledby="make-title">
      <div className="row">
        <h2 id="make-title">{t("plan.make")}</h2>
        <span className="grow" />
        <button type="button" className="btn" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t("plan.make_open")}
        </button>
        <button
          type="button"
          className="btn"
          disabled={busy}
          onClick={() => void begin(`/programmes/${encodeURIComponent(programme)}/replay`, {})}
        >
          {t("plan.replay")}
        </button>
      </div>
      {open && (
        <>
          <label className="check">
            <input
              type="checkbox"
              checked={pilot}
              onChange={(event) => {
                setPilot(event.target.checked)
                setAssumptions(event.target.checked ? "" : EXAMPLE)
              }}
            />{" "}
            {t("plan.pilot")}
          </label>
          <label className="field">
            {t(pilot ? "plan.assumptions_over" : "plan.assumptions")}
            <textarea
              className="mono"
              rows={pilot ? 6 : 18}
              spellCheck={false}
              value={assumptions}
              onChange={(event) => setAssumptions(event.target.value)}
            />
          </label>
          <label className="field">
            {t("plan.beside")}
            <input type="file" multiple accept=".yaml,.yml" onChange={(event) => read(event.target.files)} />
          </label>
          {others.length > 0 && <p className="dim small">{others.map(({ name }) => name).join(", ")}</p>}
          <button
            type="button"
            className="btn primary simulate"
            disabled={busy}
            onClick={() => void simulate()}
          >
            {t("plan.simulate")}
          </button>
        </>
      )}
      {busy && (
        <p role="status">
          {t("plan.running", { done: count(now?.done ?? 0), total: now?.total ? count(now.total) : "…" })}
        </p>
      )}
      {error !== null && <Problem error={error} />}
    </section>
  )
}
