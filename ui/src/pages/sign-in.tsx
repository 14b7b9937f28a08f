import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Navigate, useNavigate } from "@tanstack/react-router"
import { onlyLabels, signIn, stateQuery } from "@/api/session"
import { t } from "@/app/i18n"
import { Problem } from "@/parts/problem"
import { Door } from "./door"
import { SignInForm } from "./sign-in-form"

export default function SignIn() {
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
      <SignInForm enter={enter} />
      {state.data && <p className="dim small">goldloop {state.data.version}</p>}
    </Door>
  )
}
