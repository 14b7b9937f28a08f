import { useEffect } from "react"
import type { Assignment } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import type { AnswerProps, Editor, EditorProps } from "./editor"
import { Differs, digits, Layout, NoAnswer, Note, Prompt, useRows } from "./forms"
import {
  criteriaOf,
  letter,
  line,
  type Preference,
  placeOf,
  preferenceAt,
  sameBut,
  step,
} from "./forms-model"
import { OtherOrder, Responses, shownOrder } from "./responses"

interface Preferred extends Preference {
  readonly label: string
}

interface Preferences {
  readonly said: Readonly<Record<string, Preference>>
  readonly why: string
}

const NEITHER: Preference = { prefer: "neither", strength: 0 }

const preferredOf = (answer: unknown): readonly Preferred[] =>
  (answer as { preferences?: readonly Preferred[] } | null)?.preferences ?? []
const whyOf = (answer: unknown): string => (answer as { why?: string } | null)?.why ?? ""

const docOf = (answer: unknown): Preferences => ({
  said: Object.fromEntries(
    preferredOf(answer).map(({ label, prefer, strength }) => [label, { prefer, strength }]),
  ),
  why: whyOf(answer),
})

const paramsOf = ({ task }: Assignment) => ({
  strength: Number(task.params.strength ?? 1),
  tie: task.params.tie !== false,
  neither: task.params.neither !== false,
  why: String(task.params.why ?? "optional"),
})

/** A place of the line in words, as a person reads it: letters are those of the screen. */
function placeName(place: number | null, most: number): string {
  if (place === null) return t("pairwise.neither")
  if (place === 0) return t("pairwise.tie")
  const name = letter(place < 0 ? 0 : 1)
  const strength = Math.abs(place)
  if (most === 1) return t("pairwise.better", { name })
  if (strength === most) return t("pairwise.much", { name })
  return strength === 1 ? t("pairwise.slightly", { name }) : t("pairwise.better", { name })
}

function View(props: EditorProps<Preferences>) {
  const { work, doc, entries, change, onActive, submit, above, children } = props
  const criteria = criteriaOf(entries)
  const { strength, tie, neither, why } = paramsOf(work)
  const order = shownOrder(work.body, work.order)
  const rows = useRows(criteria.length, t("forms.criterion"))
  const active = criteria[rows.at]?.label.id ?? ""
  useEffect(() => onActive(active || null), [active, onActive])
  const places = line(strength, tie)
  const held = doc.said[active]

  const say = (row: number, preference: Preference, stay = false) => {
    const label = criteria[row]?.label.id
    if (!label) return
    change({ ...doc, said: { ...doc.said, [label]: preference } })
    rows.go(row)
    if (!stay && row === rows.at) rows.on((other) => doc.said[criteria[other]?.label.id ?? ""] !== undefined)
  }
  const walk = (by: -1 | 1) =>
    say(rows.at, preferenceAt(step(places, held ? placeOf(held, order) : null, by), order), true)
  useCommands([
    {
      id: "pairwise.left",
      title: t("pairwise.left"),
      keys: ["ArrowLeft"],
      scope: "labels",
      run: () => walk(-1),
    },
    {
      id: "pairwise.right",
      title: t("pairwise.right"),
      keys: ["ArrowRight"],
      scope: "labels",
      run: () => walk(1),
    },
    ...digits(
      "pairwise",
      (digit) => {
        if (digit === 0) return neither ? t("pairwise.neither") : null
        const place = places[digit - 1]
        return place === undefined ? null : placeName(place, strength)
      },
      (digit) => say(rows.at, digit === 0 ? NEITHER : preferenceAt(places[digit - 1] ?? 0, order)),
    ),
    {
      id: "pairwise.tie",
      title: t("pairwise.tie"),
      keys: ["="],
      scope: "labels",
      when: () => tie,
      run: () => say(rows.at, preferenceAt(0, order)),
    },
  ])
  const place = held ? placeOf(held, order) : undefined
  const won = (part: number) => {
    const at = order.indexOf(part)
    if (held?.prefer === "neither") return "lost"
    return place === undefined || place === null || place === 0
      ? ""
      : place < 0 === (at === 0)
        ? "won"
        : "lost"
  }
  return (
    <Layout
      wide
      above={above}
      main={
        <>
          <Prompt body={work.body} />
          <Responses body={work.body} order={order} className={won} />
          <div className="rows" ref={rows.list}>
            {criteria.map(({ label }, row) => (
              <fieldset
                key={label.id}
                className={`form-row${row === rows.at ? " at" : ""}`}
                data-row={row}
                aria-current={row === rows.at}
                aria-label={label.name}
                onFocus={() => rows.go(row)}
              >
                <div className="form-head">
                  <b>{label.name}</b>
                  {label.definition && <span className="dim">{label.definition}</span>}
                </div>
                <div className="line">
                  {places.map((one, at) => (
                    <LineButton
                      key={one}
                      name={placeName(one, strength)}
                      digit={row === rows.at ? at + 1 : null}
                      pressed={
                        doc.said[label.id] !== undefined &&
                        placeOf(doc.said[label.id] ?? NEITHER, order) === one
                      }
                      pick={() => say(row, preferenceAt(one, order))}
                    />
                  ))}
                  {neither && (
                    <LineButton
                      name={t("pairwise.neither")}
                      digit={row === rows.at ? 0 : null}
                      pressed={doc.said[label.id]?.prefer === "neither"}
                      pick={() => say(row, NEITHER)}
                    />
                  )}
                </div>
              </fieldset>
            ))}
          </div>
          {why !== "none" && (
            <Note
              id="pairwise.why"
              title={t(why === "required" ? "forms.why_needed" : "forms.why")}
              placeholder={t("forms.why_hint")}
              value={doc.why}
              change={(text) => change({ ...doc, why: text })}
              submit={submit}
            />
          )}
        </>
      }
    >
      {children}
    </Layout>
  )
}

interface ButtonProps {
  readonly name: string
  readonly digit: number | null
  readonly pressed: boolean
  readonly pick: () => void
}

function LineButton({ name, digit, pressed, pick }: ButtonProps) {
  return (
    <button
      type="button"
      className="score wide"
      aria-pressed={pressed}
      onMouseDown={(event) => event.preventDefault()}
      onClick={pick}
    >
      {name} {digit !== null && <kbd>{digit}</kbd>}
    </button>
  )
}

function Answer({ body, answer, against, entries, params, order, seen }: AnswerProps) {
  if (answer === null || answer === undefined) return <NoAnswer />
  const mine = shownOrder(body, order)
  const said = (other: unknown, label: string) => preferredOf(other).find((one) => one.label === label)
  return (
    <>
      <dl className="said-rows">
        {criteriaOf(entries).map(({ label }) => {
          const one = said(answer, label.id)
          const differs = against.some((other) => !sameBut(said(other, label.id), one))
          return (
            <div key={label.id} className={differs ? "differs" : ""}>
              <dt>{label.name}</dt>
              <dd>
                <b>{one ? placeName(placeOf(one, mine), Number(params?.strength ?? 1)) : "–"}</b>{" "}
                <Differs when={differs} />
              </dd>
            </div>
          )
        })}
      </dl>
      {whyOf(answer) && (
        <blockquote className="why" dir="auto">
          {whyOf(answer)}
        </blockquote>
      )}
      {whyOf(answer) && <OtherOrder order={mine} seen={seen} />}
    </>
  )
}

const pairwise: Editor<Preferences> = {
  begin: (_work, answer) => docOf(answer),
  adopt: (_work, answer) => docOf(answer),
  answerOf: (_work, { said, why }) => ({
    preferences: Object.entries(said)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([label, one]) => ({ label, ...one })),
    why: why.trim(),
  }),
  lacking: (work, { said, why }, entries) => {
    if (criteriaOf(entries).some(({ label }) => !said[label.id])) return t("pairwise.lacking")
    return paramsOf(work).why === "required" && !why.trim() ? t("forms.why_lacking") : null
  },
  unchecked: () => 0,
  same: sameBut,
  enterSubmits: () => true,
  View,
  Answer,
}

export default pairwise
