import { type ReactNode, useState } from "react"
import { t } from "@/app/i18n"
import { Ask } from "@/parts/ask"

interface Props {
  readonly title: string
  readonly how: string
  readonly act: string
  readonly close: () => void
  readonly run: (because: string) => Promise<unknown>
  readonly children?: ReactNode
}

/** A dialog for what is done with a reason. */
export function Reason({ title, how, act, close, run, children }: Props) {
  const [because, setBecause] = useState("")
  return (
    <Ask title={title} act={act} close={close} run={() => run(because)} disabled={because.trim().length < 10}>
      <p>{how}</p>
      <label className="field">
        {t("calibration.because")}
        <textarea rows={4} value={because} onChange={(event) => setBecause(event.target.value)} />
      </label>
      {children}
    </Ask>
  )
}
