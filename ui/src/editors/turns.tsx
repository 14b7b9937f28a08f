import { memo, useEffect, useMemo } from "react"
import type { Assignment } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { useLatest } from "@/lib/latest"
import { turnsOf } from "./bodies"
import { Tag } from "./choice"
import type { AnswerProps, Body, Editor, EditorProps } from "./editor"
import { Differs, digits, Layout, NoAnswer, Prompt, Prose, useRows, useVerdict } from "./forms"
import { type Scale, sameBut, scaleOf, scoreOfDigit, scoresOf } from "./forms-model"
import { LabelList } from "./label-list"
import type { Entry } from "./labels"

type Value = readonly string[] | number | null

interface Judged {
  /** What is said of each turn that is judged, in order; last of the whole, where it is judged. */
  readonly said: readonly Value[]
  readonly suggested: boolean
}

interface TurnAnswer {
  readonly turns?: readonly { turn: number; labels?: readonly string[]; score?: number }[]
  readonly whole?: readonly string[] | number
}

const paramsOf = ({ task }: Assignment) => {
  const { roles, multiple, allow_none, whole, scale } = task.params
  return {
    roles: Array.isArray(roles) ? (roles as string[]) : [],
    multiple: multiple === true,
    none: allow_none === true,
    whole: whole === true,
    scale: scale ? scaleOf(scale) : null,
  }
}

/** Numbers of the turns that are judged. */
const judgedIn = (work: Assignment): number[] => {
  const { roles } = paramsOf(work)
  return turnsOf(work.body).flatMap(({ role }, at) => (roles.length && !roles.includes(role) ? [] : [at]))
}

const turnValue = (answer: TurnAnswer | null | undefined, turn: number): Value => {
  const found = answer?.turns?.find((one) => one.turn === turn)
  return found?.labels ?? found?.score ?? null
}

function docOf(work: Assignment, answer: unknown, suggested: boolean): Judged {
  const given = answer as TurnAnswer | null | undefined
  const said: Value[] = judgedIn(work).map((turn) => turnValue(given, turn))
  if (paramsOf(work).whole) said.push(given?.whole ?? null)
  return { said, suggested }
}

function begin(work: Assignment, answer: unknown): Judged {
  if (answer !== undefined) return docOf(work, answer, false)
  const suggestion = work.queue === "review" ? null : work.suggestion
  return docOf(work, suggestion?.answer, suggestion !== null)
}

const isSaid = (work: Assignment, value: Value | undefined): boolean => {
  if (Array.isArray(value)) return value.length > 0 || paramsOf(work).none
  return typeof value === "number"
}

function View(props: EditorProps<Judged>) {
  const { work, doc, entries, change, onActive, verdict, above, children } = props
  const { multiple, whole, scale } = useMemo(() => paramsOf(work), [work])
  const turns = useMemo(() => turnsOf(work.body), [work])
  const judged = useMemo(() => judgedIn(work), [work])
  const rows = useRows(judged.length + (whole ? 1 : 0), t("turns.turn"))
  const held = doc.said[rows.at] ?? null
  const chosen = Array.isArray(held) ? (held as readonly string[]) : []
  const active = chosen.at(-1) ?? null
  useEffect(() => onActive(active), [active, onActive])
  useVerdict(verdict)

  const set = (value: Value, stay: boolean, row = rows.at) => {
    const said = doc.said.map((one, at) => (at === row ? value : one))
    change({ said, suggested: false })
    if (!stay) rows.on((other) => isSaid(work, said[other]))
  }
  const pick = (id: string) => {
    if (!multiple) return set([id], false)
    set(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id], true)
  }
  useCommands(
    scale
      ? digits(
          "turns",
          (digit) => {
            const score = scoreOfDigit(digit, scale)
            return score === null ? null : t("rating.score", { score: levelled(score, scale) })
          },
          (digit) => set(scoreOfDigit(digit, scale) ?? scale.low, false),
        )
      : [],
  )
  const go = useLatest(rows.go)
  const rowOf = (row: number) => ({
    row,
    value: doc.said[row] ?? null,
    current: row === rows.at,
    suggested: doc.suggested,
    entries,
    scale,
    go,
  })
  return (
    <Layout
      above={above}
      main={
        <>
          <Prompt body={work.body} />
          <div className="turns" ref={rows.list}>
            {turns.map(({ role, text }, at) => {
              const row = judged.indexOf(at)
              return (
                <TurnRow
                  key={at}
                  {...rowOf(row)}
                  name={t("turns.number", { number: at + 1, role })}
                  title={`${at + 1} · ${role}`}
                  text={text}
                />
              )
            })}
            {whole && (
              <TurnRow
                {...rowOf(judged.length)}
                name={t("turns.whole")}
                title={t("turns.whole")}
                text={null}
              />
            )}
          </div>
        </>
      }
      side={
        scale ? (
          <section aria-label={t("turns.scale")}>
            <h2>{t("turns.scale")}</h2>
            <div className="scores">
              {scoresOf(scale).map((score) => (
                <button
                  key={score}
                  type="button"
                  className="score"
                  aria-pressed={held === score}
                  title={scale.levels[score]}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => set(score, false)}
                >
                  {score}
                </button>
              ))}
            </div>
          </section>
        ) : (
          <LabelList
            ontology_id={work.ontology_id}
            entries={entries}
            chosen={new Set(chosen)}
            onPick={pick}
          />
        )
      }
    >
      {children}
    </Layout>
  )
}

interface RowProps extends SaidProps {
  /** Which row it is to be judged in; below 0 for a turn that is only read. */
  readonly row: number
  readonly current: boolean
  readonly name: string
  readonly title: string
  /** Null for the conversation as a whole. */
  readonly text: string | null
  readonly go: (row: number) => void
}

/** Drawn again only when what is said of it changes: a conversation may have hundreds of turns. */
const TurnRow = memo(function TurnRow({ row, current, name, title, text, go, ...said }: RowProps) {
  const judged = row >= 0
  const names = ["turn", judged && "judged", text === null && "whole", current && "at"]
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: J and K choose a turn
    <article
      className={names.filter(Boolean).join(" ")}
      data-row={judged ? row : undefined}
      aria-current={current}
      aria-label={name}
      onClick={() => judged && go(row)}
    >
      <header className={text === null ? undefined : "dim"}>{text === null ? <b>{title}</b> : title}</header>
      {text !== null && <Prose text={text} />}
      {judged && (
        <footer>
          <Said {...said} />
        </footer>
      )}
    </article>
  )
})

const levelled = (score: number, scale: Scale): string =>
  scale.levels[score] ? `${score} · ${scale.levels[score]}` : String(score)

interface SaidProps {
  readonly value: Value
  readonly entries: readonly Entry[]
  readonly scale: Scale | null
  readonly suggested: boolean
  readonly differs?: boolean
}

function Said({ value, entries, scale, suggested, differs = false }: SaidProps) {
  if (value === null) return <span className="dim">{t("turns.nothing")}</span>
  if (typeof value === "number") {
    return (
      <b className="num">
        {scale ? levelled(value, scale) : value} <Differs when={differs} />
      </b>
    )
  }
  if (value.length === 0) return <span className="dim">{t("choice.none_holds")}</span>
  return (
    <span className="tags">
      {value.map((id) => (
        <Tag
          key={id}
          id={id}
          entries={entries}
          state={differs ? "differs" : suggested ? "suggested" : "human"}
        />
      ))}
    </span>
  )
}

function Answer({ body, answer, against, entries }: AnswerProps) {
  if (answer === null || answer === undefined) return <NoAnswer />
  const given = answer as TurnAnswer
  const others = against as readonly TurnAnswer[]
  const rows = (given.turns ?? []).map(({ turn }) => ({
    name: `${turn + 1} · ${roleOf(body, turn)}`,
    of: (one: TurnAnswer) => turnValue(one, turn),
  }))
  if (given.whole !== undefined) rows.push({ name: t("turns.whole"), of: (one) => one.whole ?? null })
  return (
    <dl className="said-rows">
      {rows.map(({ name, of }) => {
        const differs = others.some((other) => !sameBut(of(other), of(given)))
        return (
          <div key={name} className={differs ? "differs" : ""}>
            <dt>{name}</dt>
            <dd>
              <Said value={of(given)} entries={entries} scale={null} suggested={false} differs={differs} />
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

const roleOf = (body: Body, turn: number): string => turnsOf(body)[turn]?.role ?? ""

const turns: Editor<Judged> = {
  shape: 1,
  begin,
  adopt: (work, answer) => docOf(work, answer, false),
  answerOf: (work, { said }) => {
    const { scale, whole } = paramsOf(work)
    const form = (value: Value | undefined) =>
      Array.isArray(value) ? [...value].sort() : (value ?? (scale ? null : []))
    const judged = judgedIn(work).map((turn, row) => ({
      turn,
      [scale ? "score" : "labels"]: form(said[row]),
    }))
    return { turns: judged, ...(whole ? { whole: form(said[judged.length]) } : {}) }
  },
  lacking: (work, { said }) => {
    const open = said.filter((value) => !isSaid(work, value)).length
    return open ? t("turns.lacking", { count: open }) : null
  },
  unchecked: () => 0,
  same: sameBut,
  enterSubmits: () => true,
  View,
  Answer,
}

export default turns
