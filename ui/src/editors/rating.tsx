import { useEffect } from "react"
import type { Assignment } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { Run } from "@/parts/run"
import { stringOf } from "./bodies"
import { Criterion, SaidRows } from "./criteria"
import type { AnswerProps, Editor, EditorProps } from "./editor"
import { digits, Layout, Note, Prompt, Prose, type Rows, useRows, useVerdict } from "./forms"
import { criteriaOf, type Scale, sameBut, scaleOf, scoreOfDigit, scoresOf } from "./forms-model"
import type { Entry } from "./labels"

interface Rated {
  readonly label: string
  readonly score: number
  readonly comment: string
}

interface Scores {
  readonly ratings: Readonly<Record<string, { readonly score: number | null; readonly comment: string }>>
  readonly suggested: boolean
}

const BUTTONS = 11 // more scores than this are a number to type
const NONE = { score: null, comment: "" }

const ratedOf = (answer: unknown): readonly Rated[] =>
  (answer as { ratings?: readonly Rated[] } | null)?.ratings ?? []

const docOf = (answer: unknown, suggested: boolean): Scores => ({
  ratings: Object.fromEntries(
    ratedOf(answer).map(({ label, score, comment }) => [label, { score, comment }]),
  ),
  suggested,
})

function begin(work: Assignment, answer?: unknown): Scores {
  if (answer !== undefined) return docOf(answer, false)
  const suggestion = work.queue === "review" ? null : work.suggestion
  return docOf(suggestion?.answer, suggestion !== null)
}

const answerOf = (_work: Assignment, { ratings }: Scores) => ({
  ratings: Object.entries(ratings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, { score, comment }]) => ({ label, score, comment: comment.trim() })),
})

/** The words of a score: the criterion's own, or the scale's. */
function levelOf(work: Assignment, scale: Scale, label: string, score: number): string {
  const own = work.task.params.criteria as Record<string, { levels?: Record<string, string> }> | undefined
  return own?.[label]?.levels?.[score] ?? scale.levels[score] ?? ""
}

function View(props: EditorProps<Scores>) {
  const { work, doc, entries, change, onActive, submit, verdict, above, children } = props
  const criteria = criteriaOf(entries)
  const scale = scaleOf(work.task.params.scale)
  const rows = useRows(criteria.length, t("forms.criterion"))
  const active = criteria[rows.at]?.label.id ?? ""
  const held = doc.ratings[active] ?? NONE
  useEffect(() => onActive(active || null), [active, onActive])
  useVerdict(verdict)

  const scored = (label: string) => typeof doc.ratings[label]?.score === "number"
  const set = (label: string, part: Partial<typeof NONE> | { score: number }) => {
    const next = { ...(doc.ratings[label] ?? NONE), ...part }
    change({ ratings: { ...doc.ratings, [label]: next }, suggested: false })
  }
  const rate = (row: number, score: number) => {
    const label = criteria[row]?.label.id
    if (!label) return
    set(label, { score })
    rows.go(row)
    if (row === rows.at) rows.on((other) => scored(criteria[other]?.label.id ?? ""))
  }
  const nudge = (by: number) => {
    const from = held.score ?? (by > 0 ? scale.low - 1 : scale.high + 1)
    set(active, { score: Math.max(scale.low, Math.min(scale.high, from + by)) })
  }
  useCommands([
    ...digits(
      "rating",
      (digit) => {
        const score = scoreOfDigit(digit, scale)
        return score === null ? null : t("rating.score", { score: said(score, scale.levels[score]) })
      },
      (digit) => rate(rows.at, scoreOfDigit(digit, scale) ?? scale.low),
    ),
    {
      id: "rating.less",
      title: t("rating.less"),
      keys: ["ArrowLeft"],
      scope: "labels",
      run: () => nudge(-1),
    },
    {
      id: "rating.more",
      title: t("rating.more"),
      keys: ["ArrowRight"],
      scope: "labels",
      run: () => nudge(1),
    },
  ])
  return (
    <Layout
      above={above}
      main={
        <>
          <Prompt body={work.body} />
          <article className="card-text" aria-label={t("work.item")}>
            <Prose text={stringOf(work.body, "text") || stringOf(work.body, "response")} />
          </article>
          <div className={`rows${doc.suggested ? " suggested" : ""}`} ref={rows.list}>
            {criteria.map((entry, row) => (
              <Row
                key={entry.label.id}
                entry={entry}
                row={row}
                rows={rows}
                scale={scale}
                held={doc.ratings[entry.label.id] ?? NONE}
                level={(score) => levelOf(work, scale, entry.label.id, score)}
                rate={(score) => rate(row, score)}
              />
            ))}
          </div>
        </>
      }
      side={
        work.task.params.comments !== false && (
          <Note
            id="rating.comment"
            title={t("rating.comment", { name: criteria[rows.at]?.label.name ?? "" })}
            value={held.comment}
            change={(comment) => set(active, { comment })}
            submit={submit}
          />
        )
      }
    >
      {children}
    </Layout>
  )
}

const said = (score: number, level: string | undefined) => (level ? `${score} · ${level}` : String(score))

interface RowProps {
  readonly entry: Entry
  readonly row: number
  readonly rows: Rows
  readonly scale: Scale
  readonly held: { readonly score: number | null; readonly comment: string }
  readonly level: (score: number) => string
  readonly rate: (score: number) => void
}

function Row({ entry, row, rows, scale, held, level, rate }: RowProps) {
  const scores = scoresOf(scale)
  const words = held.score === null ? "" : level(held.score)
  const ends = [level(scale.low), level(scale.high)]
  return (
    <Criterion entry={entry} row={row} rows={rows}>
      {scores.length <= BUTTONS ? (
        <div className="scores">
          {scores.map((score) => (
            <button
              key={score}
              type="button"
              className="score"
              aria-pressed={held.score === score}
              title={level(score) || undefined}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => rate(score)}
            >
              {score}
            </button>
          ))}
        </div>
      ) : (
        <input
          type="number"
          className="score-field"
          min={scale.low}
          max={scale.high}
          value={held.score ?? ""}
          aria-label={entry.label.name}
          onChange={(event) => {
            const score = Number(event.target.value)
            if (event.target.value && score >= scale.low && score <= scale.high) rate(score)
          }}
        />
      )}
      <p className="form-foot dim">
        {words ||
          (ends[0] && ends[1]
            ? t("rating.ends", { low: said(scale.low, ends[0]), high: said(scale.high, ends[1]) })
            : "")}
        {held.comment && <q>{held.comment}</q>}
      </p>
    </Criterion>
  )
}

const Answer = (props: AnswerProps) => (
  <SaidRows {...props} rowsOf={ratedOf}>
    {(one) => (
      <>
        <b className="num">{one?.score ?? "–"}</b>{" "}
        {one?.comment && (
          <q dir="auto">
            <Run text={one.comment} at={0} />
          </q>
        )}
      </>
    )}
  </SaidRows>
)

const rating: Editor<Scores> = {
  shape: 1,
  begin,
  adopt: (_work, answer) => docOf(answer, false),
  answerOf,
  lacking: (_work, { ratings }, entries) =>
    criteriaOf(entries).every(({ label }) => typeof ratings[label.id]?.score === "number")
      ? null
      : t("rating.lacking"),
  unchecked: () => 0,
  same: sameBut,
  enterSubmits: () => true,
  View,
  Answer,
}

export default rating
