import { PasswordInput, TextInput } from "@mantine/core"
import { type FormEvent, useState } from "react"
import { t } from "@/app/i18n"
import { Problem } from "@/parts/problem"

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
      <TextInput
        label={t("signin.name")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        autoComplete="username"
        autoCapitalize="none"
        data-autofocus={known ? undefined : true}
        autoFocus={!known}
        required
        withAsterisk={false}
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

interface SecretProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly autoComplete: "current-password" | "new-password"
  readonly description?: string
  readonly focus?: boolean
}

/** A password field whose eye has a name. */
export function Secret({ label, value, onChange, autoComplete, description, focus = false }: SecretProps) {
  return (
    <PasswordInput
      label={label}
      description={description}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      autoComplete={autoComplete}
      autoFocus={focus}
      data-autofocus={focus || undefined}
      visibilityToggleButtonProps={{ "aria-label": t("signin.show"), tabIndex: 0 }}
      required
      withAsterisk={false}
    />
  )
}
