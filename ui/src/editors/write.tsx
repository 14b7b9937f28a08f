import { useEffect, useRef } from "react"
import type { Assignment } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { Key } from "@/parts/key"
import { stringOf } from "./bodies"
import type { AnswerProps, Body, Editor, EditorProps } from "./editor"
import { digits, Layout, leaving, NoAnswer, Prompt, Prose, useVerdict } from "./forms"
import { criteriaOf, wordsAgainst } from "./forms-model"
import type { Entry } from "./labels"

interface Written {
  readonly label: string
  readonly text: string
}

const writtenOf = (answer: unknown): Written => {
  const { label = "", text = "" } = (answer ?? {}) as Partial<Written>
  return { label, text }
}

const startOf = (work: Assignment): string => String(work.task.params.start ?? "")

function begin(work: Assignment, answer: unknown, entries: readonly Entry[]): Written {
  if (answer !== undefined) return writtenOf(answer)
  if (work.queue !== "review" && work.suggestion) return writtenOf(work.suggestion.answer)
  const [only, second] = criteriaOf(entries)
  const label = only && !second ? only.label.id : ""
  return { label, text: startOf(work) ? stringOf(work.body, startOf(work)) : "" }
}

const lengthsOf = ({ task }: Assignment) => ({
  least: Number(task.params.least ?? 1),
  most: Number(task.params.most ?? 20_000),
})

/** Letters as the server counts them: code points. */
const lengthOf = (text: string): number => [...text.trim()].length

function View(props: EditorProps<Written>) {
  const { work, doc, entries, change, onActive, submit, verdict, above, children } = props
  const kinds = criteriaOf(entries)
  const { label } = doc
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => onActive(label || null), [label, onActive])
  useEffect(() => {
    if (!verdict && work.queue === "annotate") field.current?.focus()
  }, [verdict, work.queue])
  useVerdict(verdict)
  const { least, most } = lengthsOf(work)
  const length = lengthOf(doc.text)
  const kind = (at: number) => kinds[at]?.label
  const inside = () => document.activeElement === field.current
  const out = () => field.current?.blur()
  useCommands([
    { id: "write.text", title: t("write.go"), keys: ["o"], scope: "text", run: () => field.current?.focus() },
    ...leaving("write.text", inside, out, () => {
      if (!kinds.some((one) => one.label.id === label)) out() // its digit is asked for
      submit()
    }),
    ...digits(
      "write",
      (digit) =>
        kinds.length > 1 && kind(digit - 1) ? t("label.choose", { name: kind(digit - 1)?.name ?? "" }) : null,
      (digit) => change({ ...doc, label: kind(digit - 1)?.id ?? doc.label }),
    ),
  ])
  return (
    <Layout
      above={above}
      main={
        <>
          <Prompt body={work.body} />
          {stringOf(work.body, "text") && (
            <article className="card-text" aria-label={t("work.item")}>
              <Prose text={stringOf(work.body, "text")} />
            </article>
          )}
          {kinds.length > 1 && (
            <fieldset className="criteria" aria-label={t("write.kind")}>
              {kinds.map((one, at) => (
                <button
                  key={one.label.id}
                  type="button"
                  className="score wide"
                  aria-pressed={label === one.label.id}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => change({ ...doc, label: one.label.id })}
                >
                  {one.label.name} {at < 9 && <kbd>{at + 1}</kbd>}
                </button>
              ))}
            </fieldset>
          )}
          <label className="writing">
            <span>
              {kinds.length === 1 ? kinds[0]?.label.name : t("write.text")} <Key of="write.text" />
              <span className="grow" />
              <span className={length > 0 && (length < least || length > most) ? "num over" : "num dim"}>
                {least > 1
                  ? t("write.length_from", { length, least, most })
                  : t("write.length", { length, most })}
              </span>
            </span>
            <textarea
              ref={field}
              dir="auto"
              rows={8}
              value={doc.text}
              placeholder={t("write.hint")}
              onChange={(event) => change({ ...doc, text: event.target.value })}
            />
          </label>
        </>
      }
    >
      {children}
    </Layout>
  )
}

/** A text; words that another does not have are marked. */
function Marked({ text, other }: { text: string; other: string }) {
  let at = 0
  return (
    <p className="wording" dir="auto">
      {wordsAgainst(text, other).map(({ text: words, kind }) => {
        const key = at
        at += words.length
        return kind === "only" ? <ins key={key}>{words}</ins> : <span key={key}>{words}</span>
      })}
    </p>
  )
}

function Answer({ body, answer, against, entries }: AnswerProps) {
  if (answer === null || answer === undefined) return <NoAnswer />
  const { label, text } = writtenOf(answer)
  const others = against.map(writtenOf).filter((other) => other.text !== text)
  const name = entries.find((entry) => entry.label.id === label)?.label.name
  return (
    <>
      {criteriaOf(entries).length > 1 && <b>{name ?? label}</b>}
      <Marked text={text} other={others[0]?.text ?? (against.length ? text : startText(body, text))} />
    </>
  )
}

/** Alone, an answer is set against what it began as, where the item brings that. */
const startText = (body: Body, text: string): string => stringOf(body, "response") || text

const write: Editor<Written> = {
  shape: 1,
  begin,
  adopt: (_work, answer) => writtenOf(answer),
  answerOf: (_work, { label, text }) => ({ label, text: text.trim() }),
  lacking: (work, { label, text }, entries) => {
    const { least, most } = lengthsOf(work)
    if (!criteriaOf(entries).some((one) => one.label.id === label)) return t("write.kind_lacking")
    const length = lengthOf(text)
    if (length < least) return t("write.short", { least, length })
    return length > most ? t("write.long", { most, length }) : null
  },
  unchecked: () => 0,
  same: (a, b) => {
    const [first, second] = [writtenOf(a), writtenOf(b)]
    return first.text === second.text && first.label === second.label
  },
  enterSubmits: () => false,
  View,
  Answer,
}

export default write
