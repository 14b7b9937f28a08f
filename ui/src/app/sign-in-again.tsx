import { useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import type { Me } from "@/api/nouns"
import { signIn } from "@/api/session"
import { SignInForm } from "@/pages/sign-in-form"
import { Dialog } from "@/parts/dialog"
import { t } from "./i18n"

interface Props {
  readonly me: Me
  readonly tell: (sentence: string) => void
}

/** The session ended in mid-work: everything stays where it is, and one may sign in on the spot. */
export default function SignInAgain({ me, tell }: Props) {
  const [closed, setClosed] = useState(false)
  const queries = useQueryClient()
  if (closed) {
    return (
      <button type="button" className="btn primary sign-in-again" onClick={() => setClosed(false)}>
        {t("signin.again")}
      </button>
    )
  }
  const enter = async (name: string, password: string) => {
    const now = await signIn(name, password)
    queries.setQueryData(["me"], now)
    if (now.actor.id !== me.actor.id) return location.assign("/")
    void queries.invalidateQueries()
    tell(t("signin.back"))
  }
  return (
    <Dialog title={t("signin.again")} close={() => setClosed(true)}>
      <p>{t("signin.kept")}</p>
      <SignInForm name={me.account} enter={enter} />
    </Dialog>
  )
}
