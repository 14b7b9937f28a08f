import { useState } from "react"
import { post, putTo } from "@/api/http"
import { t } from "@/app/i18n"
import { Ask } from "@/parts/ask"
import { type Brief, REMEDIES } from "./types"

export type Act = "remedy" | "postpone" | "repaired" | "waive"
const DAY = 86_400_000
const LEAST = 10

interface Props {
  readonly brief: Brief
  readonly act: Act
  readonly close: () => void
  readonly done: (brief: Brief) => void
}

/** What its owner does about a brief, with the reason. */
export function ActOn({ brief, act, close, done }: Props) {
  const [because, setBecause] = useState("")
  const [remedy, setRemedy] = useState<string>(brief.remedy ?? REMEDIES[0])
  const [work, setWork] = useState(false)
  const [day, setDay] = useState("")
  const works = brief.source !== "gate" && brief.item_count > 0 && /^re(label|_review)$/.test(remedy)
  const micros = day ? Date.parse(`${day}T00:00:00Z`) * 1000 : null
  const send = () => {
    const path = `/briefs/${brief.id}`
    if (act === "remedy") return putTo<Brief>(`${path}/remedy`, { remedy, because, work: work && works })
    if (act === "postpone") return putTo<Brief>(`${path}/due`, { due_at: micros, because })
    if (act === "repaired") return post<Brief>(`${path}/repaired`, { because })
    return post<Brief>(`${path}/waiver`, { because, until: micros })
  }
  const short = because.trim().length < LEAST || (act === "postpone" && micros === null)
  return (
    <Ask
      title={t(`briefs.act.${act}`)}
      act={t(`briefs.act.${act}`)}
      close={close}
      disabled={short}
      run={() => send().then(done)}
    >
      <p>{t(`briefs.how_to.${act}`)}</p>
      {act === "remedy" && (
        <label className="field">
          {t("briefs.how")}
          <select value={remedy} onChange={(event) => setRemedy(event.target.value)}>
            {REMEDIES.map((one) => (
              <option key={one} value={one}>
                {t(`briefs.remedy.${one}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      {act === "remedy" && works && (
        <label className="check">
          <input type="checkbox" checked={work} onChange={(event) => setWork(event.target.checked)} />{" "}
          {t("briefs.work", { count: brief.item_count })}
        </label>
      )}
      {(act === "postpone" || act === "waive") && (
        <label className="field">
          {t(act === "waive" ? "briefs.until" : "briefs.new_day")}
          <input
            type="date"
            value={day}
            min={new Date(Date.now() + DAY).toISOString().slice(0, 10)}
            onChange={(event) => setDay(event.target.value)}
          />
        </label>
      )}
      <label className="field">
        {t("briefs.because")}
        <textarea rows={4} value={because} onChange={(event) => setBecause(event.target.value)} />
      </label>
    </Ask>
  )
}
