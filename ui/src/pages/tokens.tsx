import { useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { del, post } from "@/api/http"
import { t } from "@/app/i18n"
import { Problem } from "@/parts/problem"
import { useRows } from "@/parts/rows"

interface Token {
  id: string
  name: string
  scopes: string[]
}

const DAYS = 90

/** API tokens: shown once, revoked at any time. */
export function Tokens() {
  const { rows = [] } = useRows<Token>("/tokens")
  const [name, setName] = useState("")
  const [fresh, setFresh] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: ["rows", "/tokens"] })
  const make = async () => {
    setError(null)
    try {
      const { token } = await post<{ token: string }>("/tokens", {
        name,
        scopes: ["read", "work"],
        days: DAYS,
      })
      setFresh(token)
      setName("")
      await refresh()
    } catch (refusal) {
      setError(refusal)
    }
  }
  const revoke = (id: string) => del(`/tokens/${id}`).then(refresh, setError)
  return (
    <form
      className="card form"
      aria-label={t("tokens.title")}
      onSubmit={(event) => {
        event.preventDefault()
        void make()
      }}
    >
      <h2>{t("tokens.title")}</h2>
      <ul className="plain">
        {rows.map((token) => (
          <li key={token.id} className="row">
            <b>{token.name}</b> <span className="dim">{token.scopes?.join(", ")}</span>
            <span className="grow" />
            <button type="button" className="btn small" onClick={() => void revoke(token.id)}>
              {t("tokens.revoke")}
            </button>
          </li>
        ))}
      </ul>
      {fresh && (
        <p className="banner">
          {t("tokens.once")} <span className="mono link-box">{fresh}</span>
        </p>
      )}
      {error !== null && <Problem error={error} />}
      <div className="row">
        <input
          type="text"
          aria-label={t("tokens.name")}
          placeholder={t("tokens.name")}
          value={name}
          onChange={(event) => setName(event.target.value)}
          required
        />
        <button type="submit" className="btn">
          {t("tokens.make", { days: DAYS })}
        </button>
      </div>
    </form>
  )
}
