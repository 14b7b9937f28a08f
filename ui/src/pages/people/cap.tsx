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
        <Most title={t("person.cap_day")} of={24} hours={day} change={setDay} />
        <Most title={t("person.cap_week")} of={168} hours={week} change={setWeek} />
        <button type="submit" className="btn">
          {t("person.cap_save")}
        </button>
      </form>
      {error !== null && <Problem error={error} />}
    </section>
  )
}

interface MostProps {
  readonly title: string
  /** The hours that there are. */
  readonly of: number
  readonly hours: string
  readonly change: (hours: string) => void
}

function Most({ title, of, hours, change }: MostProps) {
  return (
    <label className="field">
      {title}
      <input
        type="number"
        min={0.25}
        max={of}
        step={0.25}
        value={hours}
        onChange={(event) => change(event.target.value)}
      />
    </label>
  )
}
