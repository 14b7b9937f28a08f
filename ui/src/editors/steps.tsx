import { IconCheck, IconQuestionMark, IconX } from "@tabler/icons-react"
import { memo, useEffect } from "react"
import type { Assignment } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { useLatest } from "@/lib/latest"
import { Key } from "@/parts/key"
import { Run } from "@/parts/run"
import { stepsOf } from "./bodies"
import { Tag } from "./choice"
import type { AnswerProps, Editor, EditorProps } from "./editor"
import { Differs, Layout, NoAnswer, Note, Prompt, Prose, useRows, useVerdict } from "./forms"
import { criteriaOf, sameBut } from "./forms-model"
import { LabelList } from "./label-list"
import type { Entry } from "./labels"

type Verdict = "right" | "wrong" | "unclear" | "unjudged"

interface Step {
  readonly verdict: Verdict | null
  readonly label: string
  readonly comment: string
}

interface Steps {
  readonly steps: readonly Step[]
  readonly suggested: boolean
}

const NONE: Step = { verdict: null, label: "", comment: "" }
const BEHIND: Step = { ...NONE, verdict: "unjudged" }
const VERDICTS = [
  { verdict: "right", key: "r", Icon: IconCheck, tone: "ok" },
  { verdict: "wrong", key: "b", Icon: IconX, tone: "bad" },
  { verdict: "unclear", key: "u", Icon: IconQuestionMark, tone: "warn" },
] as const

const judgedOf = (answer: unknown): readonly Step[] =>
  (answer as { steps?: readonly Step[] } | null)?.steps ?? []

const firstWrong = (steps: readonly Step[]): number => steps.findIndex(({ verdict }) => verdict === "wrong")
const paramsOf = ({ task }: Assignment) => ({
  after: task.params.after_wrong !== false,
  classes: String(task.params.classes ?? "optional"),
})

/** Steps behind the first wrong one stay unjudged where the task says so. */
function settled(work: Assignment, steps: readonly Step[]): Step[] {
  const wrong = firstWrong(steps)
  return steps.map((step, at) => {
    const behind = !paramsOf(work).after && wrong >= 0 && at > wrong
    if (behind) return BEHIND
    return step.verdict === "unjudged" ? NONE : step
  })
}

function docOf(work: Assignment, answer: unknown, suggested: boolean): Steps {
  const said = judgedOf(answer)
  return { steps: stepsOf(work.body).map((_, at) => said[at] ?? NONE), suggested }
}

function begin(work: Assignment, answer: unknown): Steps {
  if (answer !== undefined) return docOf(work, answer, false)
  const suggestion = work.queue === "review" ? null : work.suggestion
  return docOf(work, suggestion?.answer, suggestion !== null)
}

function View(props: EditorProps<Steps>) {
  const { work, doc, entries, change, onActive, submit, verdict, above, children } = props
  const texts = stepsOf(work.body)
  const { classes } = paramsOf(work)
  const rows = useRows(texts.length, t("steps.step"))
  const held = doc.steps[rows.at] ?? NONE
  useEffect(() => onActive(held.label || null), [held.label, onActive])
  useVerdict(verdict)

  const set = (at: number, part: Partial<Step>): Step[] => {
    const steps = doc.steps.map((step, other) => (other === at ? { ...step, ...part } : step))
    const next = settled(work, steps)
    change({ steps: next, suggested: false })
    return next
  }
  const judge = (at: number, said: Verdict) => {
    if (held.verdict === "unjudged" && at === rows.at) return
    const next = set(at, { verdict: said, ...(said === "wrong" ? {} : { label: "" }) })
    rows.go(at)
    const waits = said === "wrong" && classes !== "none"
    if (at === rows.at && !waits) rows.on((other) => next[other]?.verdict !== null)
  }
  const pick = (label: string) => {
    if (held.verdict === "unjudged") return
    const next = set(rows.at, { verdict: "wrong", label: held.label === label ? "" : label })
    rows.on((other) => next[other]?.verdict !== null)
  }
  useCommands(
    VERDICTS.map(({ verdict: said, key }) => ({
      id: `steps.${said}`,
      title: t(`steps.${said}`),
      keys: [key],
      scope: "labels" as const,
      run: () => judge(rows.at, said),
    })),
  )
  const wrong = firstWrong(doc.steps)
  const [judgeRow, goTo] = [useLatest(judge), useLatest(rows.go)]
  return (
    <Layout
      above={above}
      main={
        <>
          <Prompt body={work.body} />
          <div className={`rows${doc.suggested ? " suggested" : ""}`} ref={rows.list}>
            {texts.map((text, at) => (
              <StepRow
                key={at}
                text={text}
                at={at}
                step={doc.steps[at] ?? NONE}
                current={at === rows.at}
                firstWrong={at === wrong}
                entries={entries}
                judge={judgeRow}
                go={goTo}
              />
            ))}
          </div>
        </>
      }
      side={
        <>
          {classes !== "none" && (
            <LabelList
              ontology_id={work.ontology_id}
              entries={entries}
              chosen={new Set(held.label ? [held.label] : [])}
              onPick={pick}
            />
          )}
          <Note
            id="steps.comment"
            title={t("steps.comment", { number: rows.at + 1 })}
            value={held.comment}
            change={(comment) => set(rows.at, { comment })}
            submit={submit}
          />
        </>
      }
    >
      {children}
    </Layout>
  )
}

interface RowProps {
  readonly text: string
  readonly at: number
  readonly step: Step
  readonly current: boolean
  readonly firstWrong: boolean
  readonly entries: readonly Entry[]
  readonly judge: (at: number, said: Verdict) => void
  readonly go: (at: number) => void
}

/** Drawn again only when its own step changes: a long chain has hundreds of them. */
const StepRow = memo(function StepRow(props: RowProps) {
  const { text, at, step, current, firstWrong, entries, judge, go } = props
  return (
    <fieldset
      className={`form-row step ${step.verdict ?? ""}${current ? " at" : ""}`}
      data-row={at}
      aria-current={current}
      aria-label={t("steps.number", { number: at + 1 })}
      onFocus={() => go(at)}
    >
      <span className="step-number num">{at + 1}</span>
      <div className="step-text">
        <Prose text={text} />
        <p className="form-foot">
          {firstWrong && <span className="chip bad">{t("steps.first_wrong")}</span>}
          {step.verdict === "unjudged" && <span className="dim">{t("steps.unjudged")}</span>}
          {step.label && <Tag id={step.label} entries={entries} state="human" />}
          {step.comment && <q dir="auto">{step.comment}</q>}
        </p>
      </div>
      {step.verdict !== "unjudged" && (
        <div className="scores">
          {VERDICTS.map(({ verdict: said, Icon, tone }) => (
            <button
              key={said}
              type="button"
              className={`score ${tone}`}
              aria-pressed={step.verdict === said}
              aria-label={t(`steps.${said}`)}
              title={t(`steps.${said}`)}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => judge(at, said)}
            >
              <Icon size={16} aria-hidden />
              {current && <Key of={`steps.${said}`} />}
            </button>
          ))}
        </div>
      )}
    </fieldset>
  )
})

const verdictOf = (step: Step | undefined) => `${step?.verdict}|${step?.label ?? ""}`

function Answer({ body, answer, against, entries }: AnswerProps) {
  if (answer === null || answer === undefined) return <NoAnswer />
  const steps = judgedOf(answer)
  const wrong = firstWrong(steps)
  return (
    <>
      <p className="form-foot">
        {wrong < 0 ? t("steps.none_wrong") : t("steps.first_wrong_is", { number: wrong + 1 })}
      </p>
      <ol className="said-steps">
        {stepsOf(body).map((text, at) => {
          const step = steps[at]
          const differs = against.some((other) => verdictOf(judgedOf(other)[at]) !== verdictOf(step))
          return (
            <li key={at} className={differs ? "differs" : ""} title={text}>
              <span className="num dim">{at + 1}</span> <Said step={step} entries={entries} />{" "}
              <Differs when={differs} />
              {step?.comment && (
                <q dir="auto">
                  <Run text={step.comment} at={0} />
                </q>
              )}
            </li>
          )
        })}
      </ol>
    </>
  )
}

function Said({ step, entries }: { step: Step | undefined; entries: readonly Entry[] }) {
  if (!step?.verdict) return <span className="dim">–</span>
  const found = VERDICTS.find(({ verdict }) => verdict === step.verdict)
  const name = entries.find(({ label }) => label.id === step.label)?.label.name ?? step.label
  return (
    <span className={`status ${found?.tone ?? "dim"}`}>
      {found && <found.Icon size={14} aria-hidden />}{" "}
      {found ? t(`steps.${found.verdict}`) : t("steps.left_out")}
      {step.label && ` · ${name}`}
    </span>
  )
}

const steps: Editor<Steps> = {
  shape: 1,
  begin,
  adopt: (work, answer) => docOf(work, answer, false),
  answerOf: (_work, { steps: said }) => ({
    steps: said.map((step) => ({ ...step, comment: step.comment.trim() })),
  }),
  lacking: (work, { steps: said }, entries) => {
    const open = said.filter(({ verdict }) => verdict === null).length
    if (open) return t("steps.lacking", { count: open })
    const classed = paramsOf(work).classes === "required" && criteriaOf(entries).length > 0
    return classed && said.some(({ verdict, label }) => verdict === "wrong" && !label)
      ? t("steps.class_lacking")
      : null
  },
  unchecked: () => 0,
  same: sameBut,
  enterSubmits: () => true,
  View,
  Answer,
}

export default steps
