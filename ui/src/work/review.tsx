import { IconCheck, IconMessage } from "@tabler/icons-react"
import { useState } from "react"
import type { Assignment } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import type { AnyEditor } from "@/editors/editor"
import type { Entry } from "@/editors/labels"
import { Key } from "@/parts/key"
import { Run } from "@/parts/run"

interface Props {
  readonly work: Assignment
  readonly editor: AnyEditor
  readonly entries: readonly Entry[]
  readonly mine: unknown
  readonly adopt: (answer: unknown) => void
}

/** What others said, side by side; what they do not share is marked. N chooses the next, A takes it over. */
export function Others({ work, editor, entries, mine, adopt }: Props) {
  const [at, setAt] = useState(0)
  const answers = work.others.map(({ answer }) => answer)
  const any = () => answers.length > 0
  const step = (by: number) => setAt((now) => (now + by + answers.length) % answers.length)
  const take = (index: number) => {
    const other = work.others[index]
    if (other && other.answer !== null && other.answer !== undefined) adopt(other.answer)
  }
  useCommands([
    { id: "review.next", title: t("review.next"), keys: ["n"], scope: "work", when: any, run: () => step(1) },
    {
      id: "review.previous",
      title: t("review.previous"),
      keys: ["shift+n"],
      scope: "work",
      when: any,
      run: () => step(-1),
    },
    {
      id: "review.take",
      title: t("review.take"),
      keys: ["t"],
      scope: "work",
      when: any,
      run: () => take(at),
    },
  ])
  if (answers.length === 0) return <p className="banner">{t("review.nobody")}</p>
  return (
    <section className="others" aria-label={t("review.others")}>
      {work.others.map((other, index) => (
        <article key={other.id} className={`other${index === at ? " at" : ""}`} aria-current={index === at}>
          <header>
            <b>
              {other.by === "model"
                ? t("review.model")
                : t("review.person", { name: String.fromCharCode(65 + index) })}
            </b>
            <span className="grow" />
            {editor.same(other.answer, mine) && (
              <span className="status ok">
                <IconCheck size={14} aria-hidden /> {t("review.yours")}
              </span>
            )}
            <button
              type="button"
              className="btn small"
              onClick={() => {
                setAt(index)
                take(index)
              }}
            >
              {t("review.take_this")} {index === at && <Key of="review.take" />}
            </button>
          </header>
          <editor.Answer
            body={work.body}
            answer={other.answer}
            against={answers.filter((_, place) => place !== index)}
            entries={entries}
            params={work.task.params}
            order={work.order ?? []}
            seen={other.order ?? []}
          />
          {other.comment && (
            <p className="remark" dir="auto">
              <IconMessage size={14} aria-label={t("review.remark")} /> <Run text={other.comment} at={0} />
            </p>
          )}
        </article>
      ))}
    </section>
  )
}
