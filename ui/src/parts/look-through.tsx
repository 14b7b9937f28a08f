import { type ReactNode, useState } from "react"
import { upload } from "@/api/http"
import type { Job } from "@/api/nouns"
import { bytes, percent } from "@/lib/format"
import { useJob } from "./jobs"
import { Problem } from "./problem"
import { Watched } from "./watched"

interface Looking {
  readonly title: string
  /** What the file is called, and what it ends in. */
  readonly file: string
  readonly accept?: string
  readonly onFile?: (file: File | null) => void
  /** Where it is sent, and the job that looks it through. */
  readonly to: string
  readonly begin: (kept: string, file: File) => Promise<Job>
  readonly look: string
  readonly why: string
  /** What else is asked. */
  readonly children: ReactNode
  /** What was found, once the job is done. */
  readonly found: (job: Job, kept: string) => ReactNode
}

/** A file that somebody brings: sent, looked through by a job, and shown; nothing comes in of it before. */
export function LookThrough({
  title,
  file: called,
  accept,
  onFile,
  to,
  begin,
  look,
  why,
  children,
  found,
}: Looking) {
  const [file, setFile] = useState<File | null>(null)
  const [kept, setKept] = useState("")
  const [sent, setSent] = useState<number | null>(null)
  const [looking, setLooking] = useState<string | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const job = useJob(looking)
  const send = async () => {
    if (!file) return
    setProblem(null)
    setLooking(null)
    setSent(0)
    try {
      const { file: name } = await upload<{ file: string }>(to, file, setSent)
      setKept(name)
      setLooking((await begin(name, file)).id)
    } catch (error) {
      setProblem(error)
    } finally {
      setSent(null)
    }
  }
  const choose = (chosen: File | null) => {
    setFile(chosen)
    onFile?.(chosen)
  }
  return (
    <>
      <form
        className="card form"
        aria-label={title}
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <label className="field">
          {called}
          <input
            type="file"
            accept={accept}
            onChange={({ target }) => choose(target.files?.[0] ?? null)}
            required
          />
          {file && <small className="dim">{bytes(file.size)}</small>}
        </label>
        {children}
        {problem !== null && <Problem error={problem} />}
        {sent !== null && (
          <p className="num" role="status">
            {percent(sent, 0)}
          </p>
        )}
        <div className="row">
          <button type="submit" className="btn primary" disabled={!file || sent !== null}>
            {look}
          </button>
          <span className="dim">{why}</span>
        </div>
      </form>
      {job.error && <Problem error={job.error} />}
      <Watched job={job.data} again={() => void job.refetch()} />
      {job.data?.state === "done" && found(job.data, kept)}
    </>
  )
}
