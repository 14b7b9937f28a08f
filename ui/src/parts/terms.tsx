import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { get, post } from "@/api/http"
import type { Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { moment } from "@/lib/format"
import { Problem } from "@/parts/problem"

export interface Terms {
  readonly programme_id: string
  readonly programme: string
  /** null where a programme has none. */
  readonly version: number | null
  readonly text: string
  readonly accepted_at: number | null
}

/** The terms that stand between a person and work: each with its text and one button. */
export default function TermsToAccept({ done }: { done?: () => void }) {
  const terms = useQuery({ queryKey: ["terms"], queryFn: () => get<Rows<Terms>>("/work/terms") })
  const waiting = terms.data?.rows.filter(({ accepted_at }) => accepted_at === null) ?? []
  return waiting.map((one) => <TermsCard key={one.programme_id} terms={one} {...(done ? { done } : {})} />)
}

export function TermsCard({ terms, done }: { terms: Terms; done?: () => void }) {
  const { programme, programme_id, version, text, accepted_at } = terms
  const [error, setError] = useState<unknown>(null)
  const queries = useQueryClient()
  const accept = () =>
    post(`/programmes/${programme_id}/terms`, { version }).then(async () => {
      await queries.invalidateQueries({ queryKey: ["terms"] })
      done?.()
    }, setError)
  const title = `${t("protection.terms")} · ${programme}`
  return (
    <section className="card form" aria-label={title}>
      <h2>{title}</h2>
      {accepted_at === null && <p>{t("protection.accept_first", { programme, version })}</p>}
      <p className="terms" dir="auto">
        {text}
      </p>
      {error !== null && <Problem error={error} />}
      <p className="row">
        <span className="dim">{t("protection.terms_version", { version })}</span>
        {accepted_at === null ? (
          <button type="button" className="btn primary" onClick={() => void accept()}>
            {t("protection.accept")}
          </button>
        ) : (
          <span className="dim">{t("protection.accepted", { at: moment(accepted_at) })}</span>
        )}
      </p>
    </section>
  )
}
