import { IconCheck, IconSparkles } from "@tabler/icons-react"
import { useEffect } from "react"
import type { Assignment } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { remembered, useStore } from "@/lib/store"
import { Canvas } from "@/parts/canvas"
import { Fields } from "@/parts/fields"
import { Run } from "@/parts/run"
import { type AnswerProps, type Editor, type EditorProps, textOf } from "./editor"
import { LabelList } from "./label-list"
import { DIGITS, type Entry, isDeep } from "./labels"
import { paragraphs } from "./segments"

interface Chosen {
  readonly labels: readonly string[]
  /** True where these are a model's and nobody has touched them. */
  readonly suggested: boolean
}

const labelsOf = (answer: unknown): readonly string[] =>
  (answer as { labels?: readonly string[] } | null)?.labels ?? []

const isMultiple = ({ task }: Assignment) => task.params.multiple === true

/** A digit chooses and submits in one go; off unless a person wants it. */
const instant = remembered("choice-instant", false)

function begin(work: Assignment, answer?: unknown): Chosen {
  if (answer !== undefined) return { labels: labelsOf(answer), suggested: false }
  const suggestion = work.queue === "review" ? null : work.suggestion
  return { labels: labelsOf(suggestion?.answer), suggested: suggestion !== null }
}

function same(a: unknown, b: unknown): boolean {
  const [first, second] = [new Set(labelsOf(a)), new Set(labelsOf(b))]
  return first.size === second.size && first.isSubsetOf(second)
}

function lacking(work: Assignment, { labels }: Chosen): string | null {
  if (labels.length > 0 || (isMultiple(work) && work.task.params.allow_none === true)) return null
  return t("choice.lacking")
}

function View(props: EditorProps<Chosen>) {
  const { work, doc, entries, change, onActive, submit, verdict, above, children } = props
  const multiple = isMultiple(work)
  const quick = useStore(instant)
  const first = doc.labels.at(-1) ?? null
  useEffect(() => onActive(first), [first, onActive])

  const pick = (id: string) => {
    if (!multiple) {
      change({ labels: [id], suggested: false })
      if (quick) setTimeout(submit, 0)
      return
    }
    const held = doc.labels.includes(id)
    const labels = held ? doc.labels.filter((one) => one !== id) : [...doc.labels, id]
    change({ labels, suggested: false })
  }
  useCommands(
    verdict
      ? [
          { id: "work.accept", title: t("work.accept"), keys: ["a"], scope: "work", run: verdict.accept },
          { id: "work.reject", title: t("work.reject"), keys: ["x"], scope: "work", run: verdict.reject },
        ]
      : [],
  )
  return (
    <>
      <Canvas>
        {above}
        <article className="card-text" aria-label={t("work.item")}>
          <Fields body={work.body} />
          <Plain text={textOf(work.body)} />
        </article>
        <ChosenRow doc={doc} work={work} entries={entries} onPick={pick} />
      </Canvas>
      <aside className="side" aria-label={t("work.panel")}>
        <LabelList
          ontology_id={work.ontology_id}
          entries={entries}
          chosen={new Set(doc.labels)}
          onPick={pick}
        />
        {!multiple && (
          <label className="check">
            <input type="checkbox" checked={quick} onChange={(event) => instant.set(event.target.checked)} />
            {t("choice.instant")}
          </label>
        )}
        {children}
      </aside>
    </>
  )
}

function Plain({ text }: { text: string }) {
  return paragraphs(text).map(({ start, end }) => (
    <p key={start} dir="auto">
      <Run text={text.slice(start, end)} at={start} />
    </p>
  ))
}

interface RowProps {
  readonly doc: Chosen
  readonly work: Assignment
  readonly entries: readonly Entry[]
  readonly onPick: (id: string) => void
}

/** Digits are where the labels are few; of many, only those used last have one. */
const howToChoose = (entries: readonly Entry[]) => {
  if (isDeep(entries)) return "choice.nothing_deep"
  const many = entries.filter(({ label }) => label.selectable).length > DIGITS
  return many ? "choice.nothing_many" : "choice.nothing"
}

/** The answer as it stands, under the text, where the eye already is. */
function ChosenRow({ doc, work, entries, onPick }: RowProps) {
  const title = doc.suggested ? t("choice.suggested") : t("choice.yours")
  const before = doc.suggested
    ? []
    : labelsOf(work.suggestion?.answer).filter((id) => !doc.labels.includes(id))
  return (
    <section className={`chosen${doc.suggested ? " suggested" : ""}`} aria-label={title}>
      <h2>
        {doc.suggested ? <IconSparkles size={15} aria-hidden /> : <IconCheck size={15} aria-hidden />}
        {title}
      </h2>
      {doc.labels.map((id) => (
        <Tag key={id} id={id} entries={entries} state={doc.suggested ? "suggested" : "human"} />
      ))}
      {doc.labels.length === 0 && <span className="dim">{t(howToChoose(entries))}</span>}
      {before.map((id) => (
        <button key={id} type="button" className="was" onClick={() => onPick(id)} title={t("choice.back")}>
          <s>{entries.find(({ label }) => label.id === id)?.label.name ?? id}</s>
        </button>
      ))}
    </section>
  )
}

interface TagProps {
  readonly id: string
  readonly entries: readonly Entry[]
  readonly state: "suggested" | "human" | "differs" | "shared"
}

/** A label as a tag in its colour, with its path where it hangs in a tree. */
export function Tag({ id, entries, state }: TagProps) {
  const entry = entries.find(({ label }) => label.id === id)
  return (
    <span className={`tag-big hue-${entry?.hue ?? 1} ${state}`}>
      <i className="swatch" aria-hidden />
      {entry && entry.path.length > 0 && <small>{entry.path.join(" › ")} ›</small>}
      {entry?.label.name ?? id}
      {state === "differs" && <span className="differs-mark">{t("review.differs")}</span>}
    </span>
  )
}

function Answer({ answer, against, entries }: AnswerProps) {
  const labels = labelsOf(answer)
  if (answer === null || answer === undefined) return <span className="dim">{t("review.no_answer")}</span>
  return (
    <div className="tags">
      {labels.map((id) => {
        const shared = against.every((other) => labelsOf(other).includes(id))
        return <Tag key={id} id={id} entries={entries} state={shared ? "shared" : "differs"} />
      })}
      {labels.length === 0 && <span className="dim">{t("choice.none_holds")}</span>}
    </div>
  )
}

const choice: Editor<Chosen> = {
  shape: 1,
  begin,
  adopt: (_work, answer) => ({ labels: labelsOf(answer), suggested: false }),
  answerOf: (_work, { labels }) => ({ labels: [...labels].sort() }),
  lacking,
  unchecked: () => 0,
  same,
  enterSubmits: () => true,
  View,
  Answer,
}

export default choice
