import { useState } from "react"
import { post } from "@/api/http"
import { t } from "@/app/i18n"
import { Problem } from "./problem"

export interface Change {
  readonly path: string
  readonly old: unknown
  readonly new: unknown
}

interface Props {
  readonly yaml: string
  readonly onChange: (yaml: string) => void
  /** Left out for who may only read it. */
  readonly apply: (() => Promise<void>) | undefined
  readonly act: string
}

/** The programme file as text: look at what a change would change, then apply it. */
export function YamlEditor({ yaml, onChange, apply, act }: Props) {
  const [diff, setDiff] = useState<readonly Change[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const attempt = async (run: () => Promise<void>) => {
    setBusy(true)
    setError(null)
    await run().catch(setError)
    setBusy(false)
  }
  const look = () =>
    attempt(async () => setDiff((await post<{ diff: Change[] }>("/programmes/diff", { yaml })).diff))
  return (
    <div className="yaml-editor">
      <textarea
        className="mono"
        aria-label={t("yaml.label")}
        value={yaml}
        rows={Math.min(40, Math.max(16, yaml.split("\n").length + 1))}
        spellCheck={false}
        readOnly={!apply}
        onChange={(event) => {
          onChange(event.target.value)
          setDiff(null)
        }}
      />
      {error !== null && <Problem error={error} />}
      {diff && <DiffTable diff={diff} />}
      {apply && (
        <div className="row">
          <button type="button" className="btn" disabled={busy} onClick={() => void look()}>
            {t("yaml.check")}
          </button>
          <button type="button" className="btn primary" disabled={busy} onClick={() => void attempt(apply)}>
            {act}
          </button>
        </div>
      )}
    </div>
  )
}

const shown = (value: unknown) => (value === null || value === undefined ? "–" : JSON.stringify(value))

/** What changed, path by path. */
export function DiffTable({ diff }: { diff: readonly Change[] }) {
  if (diff.length === 0) return <p className="dim">{t("yaml.same")}</p>
  return (
    <table className="diff">
      <caption>{t("yaml.changes", { count: diff.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{t("yaml.where")}</th>
          <th scope="col">{t("yaml.before")}</th>
          <th scope="col">{t("yaml.after")}</th>
        </tr>
      </thead>
      <tbody>
        {diff.map((change) => (
          <tr key={change.path}>
            <td className="mono">{change.path}</td>
            <td className="mono was">{shown(change.old)}</td>
            <td className="mono now">{shown(change.new)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
