import { type FormEvent, type ReactNode, useState } from "react"
import { Dialog } from "./dialog"
import { Problem } from "./problem"

interface Props {
  readonly title: string
  readonly act: string
  readonly close: () => void
  /** What to do; the dialog closes when it is done and shows why when it is not. */
  readonly run: () => Promise<unknown>
  readonly disabled?: boolean
  readonly size?: "md" | "lg" | "xl"
  readonly children: ReactNode
}

/** A dialog with a form: what it asks, one button to do it, and the refusal in place. */
export function Ask({ title, act, close, run, disabled = false, size = "md", children }: Props) {
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      await run()
      close()
    } catch (refusal) {
      setError(refusal)
    }
    setBusy(false)
  }
  return (
    <Dialog title={title} close={close} size={size}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        {children}
        {error !== null && <Problem error={error} />}
        <div className="row">
          <span className="grow" />
          <button type="submit" className="btn primary" disabled={busy || disabled}>
            {act}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
