import { useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { signedOut } from "@/api/http"
import { signIn, useMe } from "@/api/session"
import { useStore } from "@/lib/store"
import { Dialog } from "@/parts/dialog"
import { SignInForm } from "@/pages/sign-in-form"
import { t } from "./i18n"

/** The session ended in mid-work: everything stays where it is, and one may sign in on the spot. */
export function SignInAgain({ tell }: { tell: (sentence: string) => void }) {
  const out = useStore(signedOut)
  const { data: me } = useMe()
  const [closed, setClosed] = useState(false)
  const queries = useQueryClient()
  if (!out || !me) return null
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
