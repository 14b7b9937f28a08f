import { useEffect, useState } from "react"
import type { Assignment } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import type { AnswerProps, Editor, EditorProps } from "./editor"
import { Differs, digits, Layout, NoAnswer, Note, Prompt, useRows } from "./forms"
import { criteriaOf, dense, letter, sameBut } from "./forms-model"
import { OtherOrder, Responses, shownOrder } from "./responses"

type Ranks = readonly (number | null)[]

interface Rankings {
  readonly said: Readonly<Record<string, Ranks>>
  readonly why: string
}

interface Ranked {
  readonly label: string
  readonly ranks: readonly number[]
}

const rankedOf = (answer: unknown): readonly Ranked[] =>
  (answer as { rankings?: readonly Ranked[] } | null)?.rankings ?? []
const whyOf = (answer: unknown): string => (answer as { why?: string } | null)?.why ?? ""

const docOf = (answer: unknown): Rankings => ({
  said: Object.fromEntries(rankedOf(answer).map(({ label, ranks }) => [label, ranks])),
  why: whyOf(answer),
})

const whyAsked = ({ task }: Assignment) => String(task.params.why ?? "optional")

function View(props: EditorProps<Rankings>) {
  const { work, doc, entries, change, onActive, submit, above, children } = props
  const criteria = criteriaOf(entries)
  const [criterion, setCriterion] = useState(0)
  const active = criteria[criterion]?.label.id ?? ""
  useEffect(() => onActive(active || null), [active, onActive])
  const order = shownOrder(work.body, work.order)
  const rows = useRows(order.length, t("forms.one_response"))
  const held = doc.said[active] ?? order.map(() => null)
  const ties = work.task.params.ties !== false

  const rank = (place: number, to: number) => {
    const part = order[place]
    if (part === undefined) return
    const next = held.map((one, other) => (other === part ? to : !ties && one === to ? null : one))
    change({ ...doc, said: { ...doc.said, [active]: next } })
    rows.go(place)
    if (place !== rows.at) return
    if (next.every((one) => one !== null)) {
      const open = criteria.findIndex(({ label }, at) => at !== criterion && !isWhole(doc.said[label.id]))
      if (open >= 0) setCriterion(open)
    } else rows.on((other) => next[order[other] ?? 0] !== null)
  }
  const turn = (by: number) => setCriterion((criterion + by + criteria.length) % criteria.length)
  useCommands([
    ...digits(
      "ranking",
      (digit) => (digit >= 1 && digit <= order.length ? t("ranking.rank", { rank: digit }) : null),
      (digit) => rank(rows.at, digit),
    ),
    {
      id: "ranking.criterion",
      title: t("forms.next", { what: t("forms.criterion") }),
      keys: ["]"],
      scope: "text",
      when: () => criteria.length > 1,
      run: () => turn(1),
    },
    {
      id: "ranking.criterion_back",
      title: t("forms.previous", { what: t("forms.criterion") }),
      keys: ["["],
      scope: "text",
      when: () => criteria.length > 1,
      run: () => turn(-1),
    },
  ])
  const why = whyAsked(work)
  const shown = dense(held)
  return (
    <Layout
      wide
      above={above}
      main={
        <>
          <Prompt body={work.body} />
          <div className="criteria">
            {criteria.map(({ label }, at) => (
              <button
                key={label.id}
                type="button"
                className="score wide"
                aria-pressed={at === criterion}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => setCriterion(at)}
              >
                {label.name}
                <small className="num dim">
                  {(doc.said[label.id] ?? []).filter((one) => one !== null).length}/{order.length}
                </small>
              </button>
            ))}
          </div>
          <div ref={rows.list}>
            <Responses
              body={work.body}
              order={order}
              at={rows.at}
              go={rows.go}
              className={(part) =>
                `${order[rows.at] === part ? "at" : ""}${shown[part] === 1 && isWhole(held) ? " won" : ""}`
              }
              badge={(part) => (
                <span className="scores">
                  {order.map((_, at) => (
                    <button
                      key={letter(at)}
                      type="button"
                      className="score small"
                      aria-pressed={held[part] === at + 1}
                      aria-label={t("ranking.rank", { rank: at + 1 })}
                      onMouseDown={(event) => event.preventDefault()}
                      onClick={(event) => {
                        event.stopPropagation()
                        rank(order.indexOf(part), at + 1)
                      }}
                    >
                      {at + 1}
                    </button>
                  ))}
                </span>
              )}
            />
          </div>
          {why !== "none" && (
            <Note
              id="ranking.why"
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

const isWhole = (ranks: Ranks | undefined): boolean => ranks?.every((one) => one !== null) ?? false

/** "B > A = C": letters of the screen, best first. */
function inOrder(ranks: readonly number[], order: readonly number[]): string {
  const places = ranks.map((rank, part) => ({ rank, name: letter(order.indexOf(part)) }))
  const groups = Map.groupBy(
    places.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1)),
    ({ rank }) => rank,
  )
  return [...groups.values()].map((group) => group.map(({ name }) => name).join(" = ")).join(" > ")
}

function Answer({ body, answer, against, entries, order, seen }: AnswerProps) {
  if (answer === null || answer === undefined) return <NoAnswer />
  const mine = shownOrder(body, order)
  const said = (other: unknown, label: string) => rankedOf(other).find((one) => one.label === label)
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
                <b className="num">{one ? inOrder(one.ranks, mine) : "–"}</b> <Differs when={differs} />
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

const ranking: Editor<Rankings> = {
  begin: (_work, answer) => docOf(answer),
  adopt: (_work, answer) => docOf(answer),
  answerOf: (_work, { said, why }) => ({
    rankings: Object.entries(said)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([label, ranks]) => ({ label, ranks: dense(ranks) })),
    why: why.trim(),
  }),
  lacking: (work, { said, why }, entries) => {
    if (criteriaOf(entries).some(({ label }) => !isWhole(said[label.id]))) return t("ranking.lacking")
    return whyAsked(work) === "required" && !why.trim() ? t("forms.why_lacking") : null
  },
  unchecked: () => 0,
  same: sameBut,
  enterSubmits: () => true,
  View,
  Answer,
}

export default ranking
