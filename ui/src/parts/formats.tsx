import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { address, get } from "@/api/http"
import type { Kind } from "@/api/nouns"
import { t } from "@/app/i18n"

export const FIRST = "jsonl.v1"

/** The exporters of this installation. */
function useExporters(): readonly Kind[] {
  const kinds = useQuery({
    queryKey: ["kinds"],
    queryFn: () => get<{ exporter: Kind[] }>("/kinds"),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return kinds.data?.exporter ?? []
}

/** The first sentence of what a kind says of itself. */
function brief({ doc }: Kind): string {
  return (doc.split(/(?<=\.)\s|\n\n/)[0] ?? "").replaceAll("`", "")
}

/** Which formats a release holds beside its sealed rows. */
export function Formats({ chosen, choose }: { chosen: readonly string[]; choose: (next: string[]) => void }) {
  const exporters = useExporters()
  return (
    <fieldset className="field">
      <legend>{t("release.formats")}</legend>
      {exporters.map((kind) => (
        <label key={kind.name} className="check">
          <input
            type="checkbox"
            checked={chosen.includes(kind.name)}
            onChange={({ target }) =>
              choose(target.checked ? [...chosen, kind.name] : chosen.filter((one) => one !== kind.name))
            }
          />
          <span>
            {kind.name} <small className="dim">{brief(kind)}</small>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

/** The accepted labels as they stand, in a file of any format. */
export function LabelsNow({ programme, batch_id }: { programme: string; batch_id?: string }) {
  const exporters = useExporters()
  const [kind, setKind] = useState(FIRST)
  return (
    <div className="labels-now">
      <span className="dim">{t("release.labels_now")}</span>
      <select aria-label={t("release.format")} value={kind} onChange={({ target }) => setKind(target.value)}>
        {exporters.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <a
        className="btn small"
        href={address(`/programmes/${programme}/labels`, { as: kind, batch_id })}
        download
      >
        {t("release.labels_get")}
      </a>
    </div>
  )
}
