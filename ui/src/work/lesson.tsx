import { useEffect, useState } from "react"
import { t } from "@/app/i18n"
import { Run } from "@/parts/run"
import { Afterwards } from "./afterwards"
import { describe } from "./describe"
import { type Lesson, onStored } from "./outbox"

/** After an answer in training: whether it was right, what is accepted, and why. */
export default function Lessons() {
  const [lesson, setLesson] = useState<Lesson | null>(null)
  useEffect(() => onStored((receipt) => receipt.lesson && setLesson(receipt.lesson)), [])
  if (!lesson) return null
  return (
    <Afterwards
      title={t(lesson.right ? "calibration.lesson_right" : "calibration.lesson_wrong")}
      go={t("calibration.lesson_on")}
      close={() => setLesson(null)}
    >
      <p>{t("calibration.lesson_accepted", { answer: lesson.named || describe(lesson.answer) })}</p>
      <p dir="auto">
        <Run text={lesson.explanation} at={0} />
      </p>
    </Afterwards>
  )
}
