import { useEffect, useMemo, useState } from "react"
import type { Assignment } from "@/api/nouns"
import { t } from "@/app/i18n"
import type { Stretch } from "@/lib/words"
import type { AnswerProps, EditorProps } from "./editor"
import { LinkedAnswer, LinkedDeskView, useLinkedDesk } from "./linked-desk"
import * as linked from "./links"
import * as on from "./marks"
import { onText, useArmed } from "./on-text"
import { answerOf, dressed, isArgument, linkedOf, removed, same } from "./roles-model"

type Linked = linked.Linked

const headingOf = ({ task }: Assignment) => String(task.params.roles ?? "roles")

function View(props: EditorProps<Linked>) {
  const { work, doc, entries, change, onActive, tell } = props
  const marks = useMemo(() => dressed(doc, entries), [doc, entries])
  const desk = useLinkedDesk(props, marks)
  const { at, current, select } = desk
  const { stretch } = desk.cursor
  const { below, beside } = useMemo(() => linked.parted(entries, headingOf(work)), [entries, work])
  const [armed, setArmed] = useArmed(beside)
  const [role, setRole] = useArmed(below)
  /** The predicate whose arguments are being marked. */
  const [frame, setFrame] = useState<string | null>(null)
  const predicate = marks.find(({ id }) => id === frame) ?? null
  const mine =
    at && predicate ? doc.links.find(({ from, to }) => from === predicate.id && to === at.id) : undefined
  const active =
    current?.label ?? (predicate ? (mine?.label ?? role) : at && !isArgument(at) ? at.label : armed)
  useEffect(() => onActive(active || null), [active, onActive])

  const addPredicate = (where: Stretch, label: string) => {
    const added = on.add(doc.marks, where, label, true)
    change(linked.withMarks(doc, added.marks))
    select(added.id)
    setFrame(added.id)
  }
  const addArgument = (fragments: readonly Stretch[], label: string) => {
    if (!predicate) return
    const added = on.put(doc.marks, on.markOf(fragments, "", "human"), true)
    change(linked.link(linked.withMarks(doc, added.marks), predicate.id, added.id, label))
    select(added.id)
  }
  const refit = (one: on.Mark, fragments: readonly Stretch[]) => {
    const added = on.replace(doc.marks, plain(one), fragments, true)
    change(linked.withMarks(doc, added.marks, [one.id, added.id]))
    if (one.id === frame) setFrame(added.id)
    select(added.id)
  }
  const pickRole = (label: string) => {
    setRole(label)
    if (current) return desk.relabel(label)
    if (stretch) return addArgument([stretch], label)
    if (mine) return change(linked.changeLink(doc, mine.id, { label }))
    if (at && at.id !== frame) return addArgument(at.fragments, label)
    tell(t("roles.choose"))
  }
  const pickFrame = (label: string) => {
    setArmed(label)
    if (stretch) return addPredicate(stretch, label)
    if (!at || isArgument(at) || at.label === label) return
    const added = on.relabel(doc.marks, at.id, label)
    change(linked.withMarks(doc, added.marks, [at.id, added.id]))
    select(added.id)
  }
  const accept = (one: on.Mark) => {
    const to = doc.links.filter((link) => link.to === one.id && link.state === "suggested")
    const agreed = linked.withMarks(doc, on.accept(doc.marks, one.id))
    change(to.reduce((now, { id }) => linked.acceptLink(now, id), agreed))
  }
  const ofRoles = predicate !== null || current !== null
  return (
    <LinkedDeskView
      given={props}
      desk={desk}
      marks={marks}
      from={predicate}
      drawing={(words) => t("roles.of", { words })}
      labels={ofRoles ? below : beside}
      labelsTitle={t(ofRoles ? "roles.labels" : "roles.predicates")}
      active={active}
      onPick={ofRoles ? pickRole : pickFrame}
      linksTitle={t("roles.title")}
      mark={(where) => (predicate ? addArgument([where], role) : addPredicate(where, armed))}
      refit={refit}
      accept={accept}
      remove={(one) => {
        change(removed(doc, one, frame))
        if (one.id === frame) setFrame(null)
      }}
      chooseLink={(id) => {
        desk.choose(id)
        setFrame(doc.links.find((one) => one.id === id)?.from ?? frame)
      }}
      removeLink={(link) => {
        const part = doc.marks.find(({ id }) => id === link.to)
        return part ? removed(doc, part, link.from) : doc
      }}
      commands={[
        {
          id: "roles.begin",
          title: t("roles.begin"),
          keys: ["r"],
          scope: "text",
          when: () => at !== null && !isArgument(at),
          run: () => setFrame(at?.id ?? null),
        },
        {
          id: "roles.leave",
          title: t("roles.leave"),
          keys: ["Escape"],
          scope: "text",
          when: () => ofRoles && !stretch,
          run: () => {
            setFrame(null)
            select(null)
          },
        },
      ]}
    />
  )
}

/** A mark as it is kept, without what it wears on the page. */
const plain = ({ note: _note, hue: _hue, ...mark }: on.Mark): on.Mark => mark

const Answer = (props: AnswerProps) => (
  <LinkedAnswer given={props} read={linkedOf} dress={dressed} title={t("roles.title")} />
)

export default onText<Linked>({ read: linkedOf, write: answerOf, left: linked.left, same, View, Answer })
