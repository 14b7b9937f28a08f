import { useEffect } from "react"
import type { Assignment } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { Criterion, type Reasoned, reasoned, Why } from "./criteria"
import type { EditorProps } from "./editor"
import { digits, Layout, Prompt, useRows } from "./forms"
import { criteriaOf, letter, line, type Preference, placeOf, preferenceAt, step } from "./forms-model"
import { Responses, shownOrder } from "./responses"

interface Preferred extends Preference {
  readonly label: string
}

const NEITHER: Preference = { prefer: "neither", strength: 0 }

const paramsOf = ({ task }: Assignment) => ({
  strength: Number(task.params.strength ?? 1),
  tie: task.params.tie !== false,
  neither: task.params.neither !== false,
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

function View(props: EditorProps<Reasoned<Preference>>) {
  const { work, doc, entries, change, onActive, above, children } = props
  const criteria = criteriaOf(entries)
  const { strength, tie, neither } = paramsOf(work)
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
            {criteria.map((entry, row) => (
              <Criterion key={entry.label.id} entry={entry} row={row} rows={rows}>
                <div className="places">
                  {places.map((one, at) => (
                    <LineButton
                      key={one}
                      name={placeName(one, strength)}
                      digit={row === rows.at ? at + 1 : null}
                      pressed={placeOf(doc.said[entry.label.id] ?? NEITHER, order) === one}
                      pick={() => say(row, preferenceAt(one, order))}
                    />
                  ))}
                  {neither && (
                    <LineButton
                      name={t("pairwise.neither")}
                      digit={row === rows.at ? 0 : null}
                      pressed={doc.said[entry.label.id]?.prefer === "neither"}
                      pick={() => say(row, NEITHER)}
                    />
                  )}
                </div>
              </Criterion>
            ))}
          </div>
          <Why given={props} />
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

export default reasoned<Preference, Preferred>({
  list: "preferences",
  read: ({ prefer, strength }) => ({ prefer, strength }),
  write: (one) => one,
  isWhole: (one) => one !== undefined,
  lacking: () => t("pairwise.lacking"),
  words: (one, order, params) => placeName(placeOf(one, order), Number(params?.strength ?? 1)),
  View,
})
