import type { ComponentType, ReactNode } from "react"
import type { Assignment } from "@/api/nouns"
import { keyName } from "@/app/commands"
import { t } from "@/app/i18n"
import type { AnswerProps, Editor, EditorProps } from "./editor"
import { Differs, NoAnswer, Note, type Rows } from "./forms"
import { criteriaOf, sameBut } from "./forms-model"
import type { Entry } from "./labels"
import { OtherOrder, shownOrder } from "./responses"

/** What is said of each criterion, and why. */
export interface Reasoned<One> {
  readonly said: Readonly<Record<string, One>>
  readonly why: string
}

interface Row {
  readonly label: string
}

const whyOf = (answer: unknown): string => (answer as { why?: string } | null)?.why ?? ""
const whyAsked = ({ task }: Assignment) => String(task.params.why ?? "optional")

interface Given<One, Stored extends Row> {
  /** What the answer calls its list of criteria. */
  readonly list: string
  readonly read: (stored: Stored) => One
  readonly write: (one: One) => Omit<Stored, "label">
  readonly isWhole: (one: One | undefined) => boolean
  readonly lacking: () => string
  /** One criterion as a person reads it, with the letters of the screen. */
  readonly words: (one: One, order: readonly number[], params: AnswerProps["params"]) => string
  readonly View: ComponentType<EditorProps<Reasoned<One>>>
}

/** An editor in which responses are compared by criteria, with a reason for the whole. */
export function reasoned<One, Stored extends Row>(given: Given<One, Stored>): Editor<Reasoned<One>> {
  const { list, read, write, isWhole, lacking, words, View } = given
  const rowsOf = (answer: unknown) => (answer as Record<string, readonly Stored[]> | null)?.[list] ?? []
  const docOf = (_work: Assignment, answer: unknown): Reasoned<One> => ({
    said: Object.fromEntries(rowsOf(answer).map((stored) => [stored.label, read(stored)])),
    why: whyOf(answer),
  })
  function Answer(props: AnswerProps) {
    const { body, answer, order, seen, params } = props
    const mine = shownOrder(body, order)
    return (
      <>
        <SaidRows {...props} rowsOf={rowsOf}>
          {(stored) => <b className="num">{stored ? words(read(stored), mine, params) : "–"}</b>}
        </SaidRows>
        {whyOf(answer) && (
          <>
            <blockquote className="why" dir="auto">
              {whyOf(answer)}
            </blockquote>
            <OtherOrder order={mine} seen={seen} />
          </>
        )}
      </>
    )
  }
  return {
    shape: 1,
    begin: docOf,
    adopt: docOf,
    answerOf: (_work, { said, why }) => ({
      [list]: Object.entries(said)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([label, one]) => ({ label, ...write(one) })),
      why: why.trim(),
    }),
    lacking: (work, { said, why }, entries) => {
      if (criteriaOf(entries).some(({ label }) => !isWhole(said[label.id]))) return lacking()
      return whyAsked(work) === "required" && !why.trim()
        ? t("forms.why_lacking", { key: keyName("forms.why") })
        : null
    },
    unchecked: () => 0,
    same: sameBut,
    enterSubmits: () => true,
    View,
    Answer,
  }
}

interface WhyProps<One> {
  readonly given: Pick<EditorProps<Reasoned<One>>, "work" | "doc" | "change" | "submit">
}

/** The reason for the whole, where the task asks for one. */
export function Why<One>({ given: { work, doc, change, submit } }: WhyProps<One>) {
  const asked = whyAsked(work)
  if (asked === "none") return null
  return (
    <Note
      id="forms.why"
      title={t(asked === "required" ? "forms.why_needed" : "forms.why")}
      placeholder={t("forms.why_hint")}
      value={doc.why}
      change={(why) => change({ ...doc, why })}
      submit={submit}
    />
  )
}

interface CriterionProps {
  readonly entry: Entry
  readonly row: number
  readonly rows: Rows
  readonly children: ReactNode
}

/** One criterion to say something of. */
export function Criterion({ entry: { label }, row, rows, children }: CriterionProps) {
  const at = row === rows.at
  return (
    <fieldset
      className={`form-row${at ? " at" : ""}`}
      data-row={row}
      aria-current={at}
      aria-label={label.name}
      onFocus={() => rows.go(row)}
    >
      <div className="form-head">
        <b>{label.name}</b>
        {label.definition && <span className="dim">{label.definition}</span>}
      </div>
      {children}
    </fieldset>
  )
}

interface SaidProps<Stored> extends Pick<AnswerProps, "answer" | "against" | "entries"> {
  readonly rowsOf: (answer: unknown) => readonly Stored[]
  readonly children: (stored: Stored | undefined) => ReactNode
}

/** What was said of each criterion; what others do not share is marked. */
export function SaidRows<Stored extends Row>(props: SaidProps<Stored>) {
  const { answer, against, entries, rowsOf, children } = props
  if (answer === null || answer === undefined) return <NoAnswer />
  const find = (other: unknown, id: string) => rowsOf(other).find(({ label }) => label === id)
  return (
    <dl className="said-rows">
      {criteriaOf(entries).map(({ label }) => {
        const one = find(answer, label.id)
        const differs = against.some((other) => !sameBut(find(other, label.id), one))
        return (
          <div key={label.id} className={differs ? "differs" : ""}>
            <dt>{label.name}</dt>
            <dd>
              {children(one)} <Differs when={differs} />
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
