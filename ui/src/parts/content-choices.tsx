import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { get, putTo } from "@/api/http"
import type { Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Problem } from "@/parts/problem"

interface Kind {
  readonly programme_id: string
  readonly programme: string
  readonly content: string
  readonly title: string
  readonly agreed: boolean
  readonly handed: number
  readonly daily: number
}

/** Which kinds of harmful content one agrees to see; nothing where no programme names any. */
export default function ContentChoices({ done }: { done?: () => void }) {
  const kinds = useQuery({ queryKey: ["content"], queryFn: () => get<Rows<Kind>>("/work/content") })
  const [error, setError] = useState<unknown>(null)
  const queries = useQueryClient()
  const choose = ({ programme_id, content }: Kind, agree: boolean) =>
    putTo("/work/content", { programme_id, content, agree }).then(async () => {
      setError(null)
      await queries.invalidateQueries({ queryKey: ["content"] })
      done?.()
    }, setError)
  const rows = kinds.data?.rows ?? []
  if (rows.length === 0) return null
  return (
    <section className="card form" aria-label={t("protection.content")}>
      <h2>{t("protection.content")}</h2>
      <p className="dim">{t("protection.content_hint")}</p>
      {error !== null && <Problem error={error} />}
      {rows.map((kind) => (
        <label key={`${kind.programme_id}.${kind.content}`} className="check">
          <input
            type="checkbox"
            checked={kind.agreed}
            onChange={(event) => void choose(kind, event.target.checked)}
          />
          <span>
            {kind.title} <span className="dim">{kind.programme}</span>{" "}
            {kind.agreed && (
              <small className="dim num">
                {t("protection.content_today", { handed: kind.handed, daily: kind.daily })}
              </small>
            )}
          </span>
        </label>
      ))}
    </section>
  )
}
