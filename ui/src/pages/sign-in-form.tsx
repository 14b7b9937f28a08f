import { type FormEvent, useState } from "react"
import { t } from "@/app/i18n"
import { Problem } from "@/parts/problem"
import { Secret, TextField } from "@/parts/text-field"

interface Props {
  readonly name?: string
  readonly enter: (name: string, password: string) => Promise<void>
}

export function SignInForm({ name: known = "", enter }: Props) {
  const [name, setName] = useState(known)
  const [password, setPassword] = useState("")
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    await enter(name, password).catch(setError)
    setBusy(false)
  }
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <TextField
        label={t("signin.name")}
        value={name}
        onChange={setName}
        autoComplete="username"
        autoCapitalize="none"
        focus={!known}
        required
      />
      <Secret
        label={t("signin.password")}
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
        focus={known !== ""}
      />
      {error !== null && <Problem error={error} />}
      <button type="submit" className="btn primary wide" disabled={busy}>
        {t(busy ? "signin.busy" : "signin.in")}
      </button>
    </form>
  )
}
