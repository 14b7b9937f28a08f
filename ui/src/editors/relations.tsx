import { useEffect, useMemo, useState } from "react"
import type { Assignment } from "@/api/nouns"
import { keyName } from "@/app/commands"
import { t } from "@/app/i18n"
import type { Stretch } from "@/lib/words"
import type { AnswerProps, EditorProps } from "./editor"
import { LinkedAnswer, LinkedDeskView, useLinkedDesk } from "./linked-desk"
import * as linked from "./links"
import { stepKeys } from "./mark-commands"
import * as on from "./marks"
import { onText, useArmed } from "./on-text"
import { answerOf, type Between, linkedOf, mayJoin, same } from "./relations-model"

type Linked = linked.Linked

const headingOf = ({ task }: Assignment) => String(task.params.relations ?? "relations")
const betweenOf = ({ task }: Assignment) => (task.params.between ?? {}) as Between

function View(props: EditorProps<Linked>) {
  const { work, doc, entries, change, onActive, tell } = props
  const { marks } = doc
  const desk = useLinkedDesk(props, marks)
  const { at, current, select } = desk
  const { stretch } = desk.cursor
  const allowOverlap = work.task.params.allow_overlap === true
  const { below, beside } = useMemo(() => linked.parted(entries, headingOf(work)), [entries, work])
  const [armed, setArmed] = useArmed(beside)
  /** The mark that a relation is being drawn from. */
  const [head, setHead] = useState<string | null>(null)
  const from = marks.find(({ id }) => id === head) ?? null
  const joining = from !== null || current !== null
  const active = current?.label ?? (from ? null : (at?.label ?? armed))
  useEffect(() => onActive(active || null), [active, onActive])

  const apply = (added: on.Added, renamed?: string) => {
    change(linked.withMarks(doc, added.marks, renamed === undefined ? undefined : [renamed, added.id]))
    select(added.id)
    if (added.replaced.length)
      tell(t("spans.replaced", { count: added.replaced.length, key: keyName("work.undo") }))
  }
  const mark = (where: Stretch, label: string) => apply(on.add(marks, where, label, allowOverlap))
  const may = (label: string, ends: readonly (on.Mark | null | undefined)[]) =>
    mayJoin(betweenOf(work), label, ends[0]?.label ?? "", ends[1]?.label ?? "")
  const join = (label: string) => {
    if (!from || !at || at.id === from.id) return tell(t("links.choose", stepKeys()))
    if (!may(label, [from, at])) return tell(t("links.not_between"))
    change(linked.link(doc, from.id, at.id, label))
    setHead(null)
    select(from.id)
  }
  const pick = (label: string) => {
    if (from) return join(label)
    if (current) {
      const ends = [current.from, current.to].map((id) => marks.find((one) => one.id === id))
      return may(label, ends) ? desk.relabel(label) : tell(t("links.not_between"))
    }
    setArmed(label)
    if (stretch) return mark(stretch, label)
    if (at && at.label !== label) apply(on.relabel(marks, at.id, label), at.id)
  }
  const fitting =
    from && at && at.id !== from.id ? below.filter(({ label }) => may(label.id, [from, at])) : below
  return (
    <LinkedDeskView
      given={props}
      desk={desk}
      marks={marks}
      from={from}
      drawing={(words) => t("links.from", { words, ...stepKeys() })}
      labels={joining ? fitting : beside}
      labelsTitle={joining ? t("links.labels") : undefined}
      active={active}
      onPick={pick}
      linksTitle={t("links.title")}
      mark={(where) => mark(where, armed)}
      refit={(one, fragments) => apply(on.replace(marks, one, fragments, allowOverlap), one.id)}
      accept={({ id }) => change(linked.withMarks(doc, on.accept(marks, id)))}
      remove={({ id }) => change(linked.withMarks(doc, on.remove(marks, id)))}
      chooseLink={(id) => {
        setHead(null)
        desk.choose(id)
      }}
      removeLink={({ id }) => linked.unlink(doc, id)}
      turns
      all
      commands={[
        {
          id: "links.begin",
          title: t("links.begin"),
          keys: ["r"],
          scope: "text",
          when: () => at !== null,
          run: () => setHead(at?.id ?? null),
        },
        {
          id: "links.leave",
          title: t("links.leave"),
          keys: ["Escape"],
          scope: "text",
          when: () => joining,
          run: () => {
            setHead(null)
            desk.choose(null)
          },
        },
      ]}
    />
  )
}

const dress = ({ marks }: Linked) => marks
const Answer = (props: AnswerProps) => (
  <LinkedAnswer given={props} read={linkedOf} dress={dress} title={t("links.title")} />
)

export default onText<Linked>({ read: linkedOf, write: answerOf, left: linked.left, same, View, Answer })
