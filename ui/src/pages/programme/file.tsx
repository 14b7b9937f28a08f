import { useQueryClient } from "@tanstack/react-query"
import { Link, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { putTo } from "@/api/http"
import type { ProgrammePage } from "@/api/nouns"
import { t } from "@/app/i18n"
import { moment } from "@/lib/format"
import { tell } from "@/parts/notice"
import { useRows } from "@/parts/rows"
import { type Change, DiffTable, YamlEditor } from "@/parts/yaml-editor"

interface Version {
  number: number
  at?: number
  created_at?: number
  by?: string | { name: string } | null
  diff?: Change[]
}

/** The programme file in force, to read and to change, with every version there has been. */
export function FileVersions({ page: { programme, yaml, may } }: { page: ProgrammePage }) {
  const [text, setText] = useState(yaml)
  const { rows = [] } = useRows<Version>(`/programmes/${programme.id}/versions`)
  const queries = useQueryClient()
  const apply = async () => {
    const { changed } = await putTo<{ changed: boolean }>("/programmes", { yaml: text })
    tell(t(changed ? "yaml.applied" : "yaml.same"))
    await queries.invalidateQueries()
  }
  return (
    <div className="columns">
      <YamlEditor
        yaml={text}
        onChange={setText}
        apply={may.includes("apply") ? apply : undefined}
        act={t("yaml.apply")}
      />
      <section aria-label={t("yaml.versions")}>
        <h2>{t("yaml.versions")}</h2>
        <ol className="versions">
          {rows.map((version) => (
            <VersionRow key={version.number} version={version} />
          ))}
        </ol>
        <p>
          <Link to="/p/$programme/archive" params={{ programme: programme.name }}>
            {t("yaml.archive")}
          </Link>
        </p>
      </section>
    </div>
  )
}

function VersionRow({ version: { number, at, created_at, by, diff } }: { version: Version }) {
  const { number: asked } = useSearch({ strict: false }) as { number?: string }
  const when = at ?? created_at
  return (
    <li id={`version-${number}`}>
      <details open={asked === String(number)}>
        <summary>
          <b>{t("programme.version", { number })}</b>{" "}
          <span className="dim">
            {when ? moment(when) : ""} {typeof by === "string" ? by : by?.name}
          </span>
        </summary>
        {diff ? <DiffTable diff={diff} /> : <p className="dim">{t("yaml.first")}</p>}
      </details>
    </li>
  )
}
