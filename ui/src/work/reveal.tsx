import { useEffect, useState } from "react"
import { post, Refusal } from "@/api/http"
import { t } from "@/app/i18n"
import { Dialog } from "@/parts/dialog"
import { tell } from "@/parts/notice"
import { Run } from "@/parts/run"
import { describe } from "./describe"
import { onStored, type Revealed } from "./outbox"

interface Shown {
  readonly work_id: string
  readonly revealed: Revealed
}

/** After an answer that was given unseen: what a model had suggested, where it is another, and whether to take it. */
export default function Reveals() {
  const [waiting, setWaiting] = useState<readonly Shown[]>([])
  useEffect(
    () =>
      onStored(({ work_id, revealed }) => {
        if (revealed && !revealed.same) setWaiting((before) => [...before, { work_id, revealed }])
      }),
    [],
  )
  const [shown] = waiting
  if (!shown) return null
  const close = () => setWaiting((before) => before.slice(1))
  const take = () => {
    close()
    const said = { key: crypto.randomUUID(), answer: shown.revealed.answer }
    post(`/work/${shown.work_id}/revise`, said).catch((error: unknown) =>
      tell(error instanceof Refusal ? error.sentence : String(error)),
    )
  }
  return (
    <Dialog key={shown.work_id} title={t("reveal.title")} close={close}>
      <p dir="auto" className="dim">
        <Run text={shown.revealed.text} at={0} />
      </p>
      <p>
        <b>{t("reveal.says", { answer: shown.revealed.named || describe(shown.revealed.answer) })}</b>
      </p>
      <p className="dim small">{t("reveal.how")}</p>
      <div className="row">
        <button type="button" className="btn" onClick={take}>
          {t("reveal.take")}
        </button>
        <span className="grow" />
        <button type="button" className="btn primary" data-autofocus onClick={close}>
          {t("reveal.keep")}
        </button>
      </div>
    </Dialog>
  )
}
