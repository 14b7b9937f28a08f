import { useState } from "react"
import { post } from "@/api/http"
import type { Job } from "@/api/nouns"
import { t } from "@/app/i18n"
import { isActive, useJob, whyOf } from "@/parts/jobs"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"

/** Sends a webhook one delivery and says what came of it. */
export function Tested({ path }: { path: string }) {
  const [sent, setSent] = useState<string | null>(null)
  const [refused, setRefused] = useState<unknown>(null)
  const job = useJob(sent).data
  const busy = sent !== null && (!job || isActive(job))
  const send = () => {
    setRefused(null)
    post<Job>(`${path}/test`).then(({ id }) => setSent(id), setRefused)
  }
  return (
    <>
      <span role="status">
        {busy && <span className="dim">{t("webhooks.testing")}</span>}
        {job?.state === "done" && <Status tone="ok">{t("webhooks.heard", { status: statusOf(job) })}</Status>}
        {job?.error && <Status tone="bad">{t("webhooks.not_heard", { because: whyOf(job.error) })}</Status>}
      </span>
      <button type="button" className="btn small" disabled={busy} onClick={send}>
        {t("webhooks.test")}
      </button>
      {refused !== null && <Problem error={refused} />}
    </>
  )
}

const statusOf = ({ result }: Job) => (result as { status?: number } | null)?.status ?? ""
