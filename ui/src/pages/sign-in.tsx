import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Navigate, useNavigate, useSearch } from "@tanstack/react-router"
import { onlyLabels, signIn, stateQuery } from "@/api/session"
import { t } from "@/app/i18n"
import { Problem } from "@/parts/problem"
import { Door } from "./door"
import { SignInForm } from "./sign-in-form"

/** Why the identity provider's person was not let in: what the server says, in words. */
const REFUSALS = new Set([
  "state",
  "provider",
  "token",
  "away",
  "unknown",
  "closed",
  "invitation",
  "name",
  "taken",
])

export default function SignIn() {
  const { refused } = useSearch({ strict: false }) as { refused?: string }
  const state = useQuery(stateQuery)
  const queries = useQueryClient()
  const go = useNavigate()
  const enter = async (name: string, password: string) => {
    const me = await signIn(name, password)
    queries.setQueryData(["me"], me)
    await go({ to: onlyLabels(me) ? "/work" : "/" })
  }
  if (state.data?.needs_setup) return <Navigate to="/setup" />
  return (
    <Door title={t("signin.title")}>
      {state.error && <Problem error={state.error} retry={() => void state.refetch()} />}
      {refused && (
        <p className="banner warn" role="alert">
          {t(REFUSALS.has(refused) ? (`sso.${refused}` as "sso.unknown") : "sso.token")}
        </p>
      )}
      <SignInForm enter={enter} />
      {state.data?.sso && (
        <a className="btn wide" href="/api/oidc/begin">
          {t("sso.in", { with: state.data.sso })}
        </a>
      )}
      {state.data && <p className="dim small">goldloop {state.data.version}</p>}
    </Door>
  )
}
