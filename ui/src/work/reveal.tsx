import { useEffect, useState } from "react"
import { post, Refusal } from "@/api/http"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { Key } from "@/parts/key"
import { tell } from "@/parts/notice"
import { Run } from "@/parts/run"
import { Afterwards } from "./afterwards"
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
    <Afterwards
      key={shown.work_id}
      title={t("reveal.title")}
      go={t("reveal.keep")}
      close={close}
      act={<Take take={take} />}
    >
      <p dir="auto" className="dim clip-2">
        <Run text={shown.revealed.text} at={0} />
      </p>
      <p>{t("reveal.says", { answer: shown.revealed.named || describe(shown.revealed.answer) })}</p>
      <p className="dim small">{t("reveal.how")}</p>
    </Afterwards>
  )
}

function Take({ take }: { take: () => void }) {
  useCommands([{ id: "reveal.take", title: t("reveal.take"), keys: ["shift+t"], scope: "work", run: take }])
  return (
    <button type="button" className="btn" onClick={take}>
      {t("reveal.take")} <Key of="reveal.take" />
    </button>
  )
}
