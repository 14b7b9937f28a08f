import { useParams } from "@tanstack/react-router"
import { useState } from "react"
import { address, post } from "@/api/http"
import type { Job } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { bytes } from "@/lib/format"
import { useJob } from "@/parts/jobs"
import { Problem } from "@/parts/problem"
import { Watched } from "@/parts/watched"

interface Written {
  readonly size: number
  readonly sha256: string
  readonly fingerprint: string
  readonly masked: number
}

/** A whole programme leaves as one file. */
export default function Leave() {
  const { programme = "" } = useParams({ strict: false }) as { programme?: string }
  const [names, setNames] = useState(false)
  const [writing, setWriting] = useState<string | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const job = useJob(writing)
  const write = () => {
    setProblem(null)
    post<Job>(`/programmes/${encodeURIComponent(programme)}/archives`, { names }).then(
      ({ id }) => setWriting(id),
      setProblem,
    )
  }
  const done = job.data?.state === "done" ? (job.data.result as Written) : null
  const title = t("archives.write_title", { programme })
  return (
    <Page
      crumbs={[
        { text: t("place.programmes"), to: "/" },
        { text: programme, to: `/p/${programme}` },
        { text: t("archives.write") },
      ]}
    >
      <h1>{title}</h1>
      <p className="lead">{t("archives.write_why")}</p>
      <form
        className="card form"
        aria-label={title}
        onSubmit={(event) => {
          event.preventDefault()
          write()
        }}
      >
        <label>
          <input type="checkbox" checked={names} onChange={({ target }) => setNames(target.checked)} />{" "}
          {t("archives.names")}
          <small className="dim"> {t("archives.names_why")}</small>
        </label>
        <p className="dim">{t("archives.never")}</p>
        {problem !== null && <Problem error={problem} />}
        <div className="row">
          <button
            type="submit"
            className="btn primary"
            disabled={writing !== null && !done && !job.data?.error}
          >
            {t("archives.write")}
          </button>
        </div>
      </form>
      {job.error && <Problem error={job.error} />}
      <Watched job={job.data} again={() => void job.refetch()} />
      {done && (
        <section className="card stack" aria-label={t("archives.download")}>
          <p>
            <a className="btn primary" href={address(`/archives/${writing}`)} download>
              {t("archives.download")}
            </a>{" "}
            <span className="dim">{bytes(done.size)}</span>
          </p>
          <dl className="facts">
            <dt>{t("archives.signed")}</dt>
            <dd className="mono">{done.fingerprint}</dd>
            <dt>SHA-256</dt>
            <dd className="mono">{done.sha256}</dd>
            <dt>{t("archives.masked")}</dt>
            <dd>{t("archives.masked_of", { count: done.masked })}</dd>
          </dl>
        </section>
      )}
    </Page>
  )
}
