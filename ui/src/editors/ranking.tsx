import { useEffect, useState } from "react"
import { keyName, useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { type Reasoned, reasoned, Why } from "./criteria"
import type { EditorProps } from "./editor"
import { digits, Layout, Prompt, useRows } from "./forms"
import { criteriaOf, dense, letter } from "./forms-model"
import { Responses, shownOrder } from "./responses"

type Ranks = readonly (number | null)[]

interface Ranked {
  readonly label: string
  readonly ranks: Ranks
}

function View(props: EditorProps<Reasoned<Ranks>>) {
  const { work, doc, entries, change, onActive, above, children } = props
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
          <Why given={props} />
        </>
      }
    >
      {children}
    </Layout>
  )
}

const isWhole = (ranks: Ranks | undefined): boolean => ranks?.every((one) => one !== null) ?? false

/** "B > A = C": letters of the screen, best first. */
function inOrder(ranks: Ranks, order: readonly number[]): string {
  const places = ranks.map((rank, part) => ({ rank, name: letter(order.indexOf(part)) }))
  const groups = Map.groupBy(
    places.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || (a.name < b.name ? -1 : 1)),
    ({ rank }) => rank,
  )
  return [...groups.values()].map((group) => group.map(({ name }) => name).join(" = ")).join(" > ")
}

export default reasoned<Ranks, Ranked>({
  list: "rankings",
  read: ({ ranks }) => ranks,
  write: (ranks) => ({ ranks: dense(ranks) }),
  isWhole,
  lacking: () => t("ranking.lacking", { key: keyName("forms.next") }),
  words: inOrder,
  View,
})
