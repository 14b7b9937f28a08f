import { useMe } from "@/api/session"
import { t } from "@/app/i18n"

/** What people type of authors, a line each: AUTHOR = NAME. */
export interface Authors {
  readonly accounts: string
  readonly names: string
}

export const NOBODY: Authors = { accounts: "", names: "" }

/** The lines by author; a name may hold no equals sign, an author may. */
export function told(lines: string): Record<string, string> {
  const pairs = lines
    .split("\n")
    .map((line) => [line.lastIndexOf("="), line] as const)
    .filter(([at]) => at > 0)
    .map(([at, line]) => [line.slice(0, at).trim(), line.slice(at + 1).trim()] as const)
  return Object.fromEntries(pairs.filter(([author, name]) => author && name))
}

interface Props {
  readonly value: Authors
  readonly onChange: (next: Authors) => void
}

/** Who a file's authors are, where they have the name of somebody who signs in here. */
export function ImportAuthors({ value, onChange }: Props) {
  const { data: me } = useMe()
  return (
    <details>
      <summary>{t("import.authors")}</summary>
      <div className="stack">
        <p className="dim">{t("import.authors_why")}</p>
        {me?.owner && (
          <label className="field">
            {t("import.authors_here")}
            <textarea
              rows={2}
              value={value.accounts}
              placeholder="7 = ann"
              onChange={(event) => onChange({ ...value, accounts: event.target.value })}
            />
          </label>
        )}
        <label className="field">
          {t("import.authors_named")}
          <textarea
            rows={2}
            value={value.names}
            placeholder="ann = Ann of the crowd"
            onChange={(event) => onChange({ ...value, names: event.target.value })}
          />
        </label>
      </div>
    </details>
  )
}
