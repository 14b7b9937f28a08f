import { useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { type FormEvent, useState } from "react"
import { setUp } from "@/api/session"
import { t } from "@/app/i18n"
import { Problem } from "@/parts/problem"
import { Secret, TextField } from "@/parts/text-field"
import { Door } from "./door"

const FIELDS = ["organisation", "display_name", "name"] as const

/** The first run: whoever can read the terminal becomes the owner. */
export default function SetUp() {
  const [form, setForm] = useState<Record<string, string>>({
    token: new URLSearchParams(location.search).get("token") ?? location.hash.slice(1),
  })
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const queries = useQueryClient()
  const go = useNavigate()
  const set = (key: string) => (value: string) => setForm((now) => ({ ...now, [key]: value }))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      queries.setQueryData(["me"], await setUp(form))
      await queries.invalidateQueries({ queryKey: ["state"] })
      await go({ to: "/" })
    } catch (refusal) {
      setError(refusal)
    }
    setBusy(false)
  }
  return (
    <Door title={t("setup.title")}>
      <p className="dim">{t("setup.why")}</p>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <TextField
          label={t("setup.token")}
          description={t("setup.token_hint")}
          value={form.token ?? ""}
          onChange={set("token")}
          autoComplete="off"
          required
        />
        {FIELDS.map((key) => (
          <TextField
            key={key}
            label={t(`setup.${key}`)}
            value={form[key] ?? ""}
            onChange={set(key)}
            autoComplete={key === "name" ? "username" : key === "display_name" ? "name" : "organization"}
            required
          />
        ))}
        <Secret
          label={t("signin.password")}
          description={t("signin.password_rule")}
          value={form.password ?? ""}
          onChange={set("password")}
          autoComplete="new-password"
        />
        {error !== null && <Problem error={error} />}
        <button type="submit" className="btn primary wide" disabled={busy}>
          {t("setup.do")}
        </button>
      </form>
    </Door>
  )
}
