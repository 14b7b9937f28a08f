import { useState } from "react"
import { putTo } from "@/api/http"
import { t } from "@/app/i18n"
import { decimal } from "@/lib/format"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"

export interface Hours {
  cap: { day: number | null; week: number | null }
  worked: { day: number; week: number }
  rests: string | null
}

/** Active hours of those that a person is handed work for, as far as these are limited. */
export const workedOf = (worked: number, cap: number | null) =>
  cap === null ? decimal(worked, 1) : t("person.of_cap", { worked: decimal(worked, 1), cap: String(cap) })

interface CapProps extends Hours {
  readonly path: string
  readonly done: () => Promise<unknown>
}

/** The most hours that a person is handed work for, and what they have worked of them. */
export function Cap({ cap, worked, rests, path, done }: CapProps) {
  const [day, setDay] = useState(String(cap.day ?? ""))
  const [week, setWeek] = useState(String(cap.week ?? ""))
  const [error, setError] = useState<unknown>(null)
  const save = async () => {
    setError(null)
    try {
      await putTo(`${path}/cap`, { day: day ? Number(day) : null, week: week ? Number(week) : null })
      tell(t("person.cap_saved"))
      await done()
    } catch (refused) {
      setError(refused)
    }
  }
  return (
    <section aria-labelledby="cap-title">
      <h2 id="cap-title">{t("person.cap")}</h2>
      <p className="dim">{t("person.cap_what")}</p>
      <p>
        {t("person.cap_worked", {
          day: workedOf(worked.day, cap.day),
          week: workedOf(worked.week, cap.week),
        })}
      </p>
      {rests && <p className="banner warn">{t("person.rests", { because: rests })}</p>}
      <form
        className="roster"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <label className="field">
          {t("person.cap_day")}
          <input
            type="number"
            min={0.25}
            max={24}
            step={0.25}
            value={day}
            onChange={(event) => setDay(event.target.value)}
          />
        </label>
        <label className="field">
          {t("person.cap_week")}
          <input
            type="number"
            min={0.25}
            max={168}
            step={0.25}
            value={week}
            onChange={(event) => setWeek(event.target.value)}
          />
        </label>
        <button type="submit" className="btn">
          {t("person.cap_save")}
        </button>
      </form>
      {error !== null && <Problem error={error} />}
    </section>
  )
}
