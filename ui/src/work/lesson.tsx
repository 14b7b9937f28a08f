import { useEffect, useState } from "react"
import { t } from "@/app/i18n"
import { Dialog } from "@/parts/dialog"
import { Run } from "@/parts/run"
import { describe } from "./describe"
import { type Lesson, onStored } from "./outbox"

/** After an answer in training: whether it was right, what is accepted, and why. */
export default function Lessons() {
  const [lesson, setLesson] = useState<Lesson | null>(null)
  useEffect(() => onStored((receipt) => receipt.lesson && setLesson(receipt.lesson)), [])
  if (!lesson) return null
  const close = () => setLesson(null)
  return (
    <Dialog title={t(lesson.right ? "calibration.lesson_right" : "calibration.lesson_wrong")} close={close}>
      <p>
        <b>{t("calibration.lesson_accepted", { answer: lesson.named || describe(lesson.answer) })}</b>
      </p>
      <p dir="auto">
        <Run text={lesson.explanation} at={0} />
      </p>
      <div className="row">
        <span className="grow" />
        <button type="button" className="btn primary" data-autofocus onClick={close}>
          {t("calibration.lesson_on")}
        </button>
      </div>
    </Dialog>
  )
}
