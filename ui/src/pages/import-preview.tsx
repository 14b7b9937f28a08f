import { t } from "@/app/i18n"
import { count } from "@/lib/format"
import type { Params } from "@/parts/schema-form"
import { describe } from "@/work/describe"

export interface ImportPreview {
  readonly rows: number
  readonly items: readonly {
    line: number
    external_id: string | null
    text: string
    said: readonly { actor: string; kind: string; answer: unknown }[]
  }[]
  readonly rejects: readonly { line: number; field: string; expected: string; found: string }[]
}

/** What a column can be; every other option of a kind stands under Options. */
const ROLES = ["text", "id", "label", "confidence", "gold", "annotation", "annotator", "language"] as const

interface MapProps {
  readonly columns: readonly string[]
  readonly params: Params
  /** The models that the programme's rules may ask: one of them said what a column of predictions holds. */
  readonly models: readonly string[]
  readonly onChange: (params: Params) => void
}

/** Which column of the file is what; what nobody names is recognised by its name, or kept with the item. */
export function ColumnMapping({ columns, params, models, onChange }: MapProps) {
  if (columns.length === 0) return null
  const set = (column: string, role: string) => {
    const kept = Object.entries(params).filter(([key, value]) => value !== column && key !== role)
    const next = Object.fromEntries(role ? [...kept, [role, column]] : kept)
    onChange(role === "label" && !next.model && models[0] ? { ...next, model: models[0] } : next)
  }
  const roleOf = (column: string) => ROLES.find((role) => params[role] === column) ?? ""
  return (
    <fieldset>
      <legend>{t("preview.columns")}</legend>
      <p className="dim small">{t("preview.of_columns")}</p>
      <ul className="mapping">
        {columns.map((column) => (
          <li key={column}>
            <label>
              <code>{column}</code>
              <select value={roleOf(column)} onChange={(event) => set(column, event.target.value)}>
                <option value="">{t("preview.by_name")}</option>
                {ROLES.map((role) => (
                  <option key={role} value={role}>
                    {t(`preview.role.${role}`)}
                  </option>
                ))}
              </select>
            </label>
          </li>
        ))}
      </ul>
      {params.label !== undefined && models.length > 0 && (
        <label className="field">
          {t("preview.model")}
          <select
            value={String(params.model ?? "")}
            onChange={({ target: { value } }) => {
              const { model: _, ...rest } = params
              onChange(value ? { ...rest, model: value } : rest)
            }}
          >
            {models.map((name) => (
              <option key={name}>{name}</option>
            ))}
            <option value="">{t("preview.no_model")}</option>
          </select>
        </label>
      )}
    </fieldset>
  )
}

/** The first rows as they would be taken in, and those that would not. */
export function FirstRows({ preview }: { preview: ImportPreview }) {
  const { rows, items, rejects } = preview
  return (
    <section aria-label={t("preview.rows")} className="stack">
      <p role="status">
        {t("preview.found", {
          items: count(items.length),
          rows: count(rows),
          rejects: count(rejects.length),
        })}
      </p>
      {items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than its box must scroll by keys
        <section className="table-scroll short" tabIndex={0} aria-label={t("preview.rows")}>
          <table>
            <thead>
              <tr>
                <th scope="col" className="number">
                  {t("preview.line")}
                </th>
                <th scope="col">{t("preview.id")}</th>
                <th scope="col">{t("preview.text")}</th>
                <th scope="col">{t("preview.said")}</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ line, external_id, text, said }) => (
                <tr key={line}>
                  <td className="number">{line}</td>
                  <td className="mono">{external_id ?? "–"}</td>
                  <td className="wide">
                    <span className="clip" dir="auto">
                      {text}
                    </span>
                  </td>
                  <td>
                    {said.map(({ actor, answer }) => `${actor}: ${describe(answer)}`).join("; ") || "–"}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {rejects.length > 0 && (
        <ul className="plain">
          {rejects.map(({ line, field, expected, found }) => (
            <li key={`${line}.${field}`} className="status bad">
              {t("preview.rejected", { line, field, expected, found })}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
