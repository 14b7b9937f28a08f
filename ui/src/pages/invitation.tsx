import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useParams } from "@tanstack/react-router"
import { type FormEvent, useState } from "react"
import { get } from "@/api/http"
import { acceptInvitation, onlyLabels, stateQuery } from "@/api/session"
import { t } from "@/app/i18n"
import { Problem } from "@/parts/problem"
import { Secret } from "@/parts/text-field"
import { Door } from "./door"

/** Somebody was invited: they choose a password, and are in. */
export default function Invitation() {
  const { token = "" } = useParams({ strict: false }) as { token?: string }
  const who = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => get<{ name: string; display_name: string }>(`/invitations/${encodeURIComponent(token)}`),
    retry: false,
  })
  const state = useQuery(stateQuery).data
  const [password, setPassword] = useState("")
  const [error, setError] = useState<unknown>(null)
  const queries = useQueryClient()
  const go = useNavigate()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setError(null)
    try {
      const me = await acceptInvitation(token, password)
      queries.setQueryData(["me"], me)
      await go({ to: onlyLabels(me) ? "/work" : "/" })
    } catch (refusal) {
      setError(refusal)
    }
  }
  if (who.error) {
    return (
      <Door title={t("invitation.title")}>
        <Problem error={who.error} />
        <p className="dim">{t("invitation.spent")}</p>
      </Door>
    )
  }
  return (
    <Door title={t("invitation.title")}>
      {who.data && (
        <p>
          {t("invitation.hello", { name: who.data.display_name })}{" "}
          <span className="dim">{t("invitation.name", { name: who.data.name })}</span>
        </p>
      )}
      <form className="form" onSubmit={(event) => void submit(event)}>
        <input
          type="text"
          name="username"
          autoComplete="username"
          value={who.data?.name ?? ""}
          readOnly
          hidden
        />
        <Secret
          label={t("invitation.password")}
          description={t("signin.password_rule")}
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          focus
        />
        {error !== null && <Problem error={error} />}
        <button type="submit" className="btn primary wide" disabled={!who.data}>
          {t("invitation.do")}
        </button>
      </form>
      {state?.sso && who.data && (
        <a className="btn wide" href={`/api/oidc/begin?invitation=${encodeURIComponent(token)}`}>
          {t("sso.take_up", { with: state.sso })}
        </a>
      )}
    </Door>
  )
}
