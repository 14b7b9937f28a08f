import { useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { post } from "@/api/http"
import type { Batch } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Ask } from "@/parts/ask"
import { FIRST, Formats } from "@/parts/formats"
import { tell } from "@/parts/notice"

interface Props {
  readonly batch: Batch
  readonly close: () => void
}

/** A waiver needs a reason, not a word. */
const LEAST = 10

/** A named person lets the batch pass all the same; the reason stays on every certificate. */
export function Waive({ batch, close }: Props) {
  const [because, setBecause] = useState("")
  const queries = useQueryClient()
  const run = async () => {
    await post(`/batches/${batch.id}/waiver`, { because })
    await queries.invalidateQueries({ queryKey: ["batch", batch.id] })
  }
  return (
    <Ask
      title={t("gate.waive")}
      act={t("gate.waive_do")}
      close={close}
      run={run}
      disabled={because.trim().length < LEAST}
    >
      <p className="banner warn">{t("gate.waive_why")}</p>
      <label className="field">
        {t("gate.because")}
        <textarea rows={3} value={because} onChange={(event) => setBecause(event.target.value)} required />
      </label>
    </Ask>
  )
}

interface CutProps {
  readonly programme_id: string
  /** The one batch that is sealed; without it every batch whose gate is open. */
  readonly batch?: Batch
  /** The name that stands there to begin with. */
  readonly usual: string | undefined
  readonly close: () => void
}

/** Seals batches into a release. */
export function CutRelease({ programme_id, batch, usual = "", close }: CutProps) {
  const [name, setName] = useState(usual)
  const [exports, setExports] = useState([FIRST])
  const queries = useQueryClient()
  const go = useNavigate()
  const run = async () => {
    await post(`/programmes/${programme_id}/releases`, { name, batch_ids: batch ? [batch.id] : [], exports })
    tell(t("release.started"))
    await queries.invalidateQueries()
    await go({ to: "/p/$programme", params: { programme: programme_id }, search: { tab: "releases" } })
  }
  return (
    <Ask title={t("release.cut")} act={t("release.cut")} close={close} run={run} disabled={!name.trim()}>
      <p>
        {t("release.what")} {!batch && t("release.of_all")}
      </p>
      <label className="field">
        {t("release.name")}
        <input type="text" value={name} onChange={(event) => setName(event.target.value)} required />
      </label>
      <Formats chosen={exports} choose={setExports} />
    </Ask>
  )
}
