import { useEffect, useMemo, useState } from "react"
import type { Assignment } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import type { Stretch } from "@/lib/words"
import { DifferingMarks } from "./differing-marks"
import { type AnswerProps, type Editor, type EditorProps, textOf } from "./editor"
import { EntryArcs } from "./entry-arcs"
import { countsOf, LabelList } from "./label-list"
import { linkCommands } from "./link-commands"
import { LinkList } from "./link-list"
import * as linked from "./links"
import { gapCommands, markCommands } from "./mark-commands"
import { MarkList } from "./mark-list"
import * as on from "./marks"
import { answerOf, dressed, isArgument, linkedOf, removed, same } from "./roles-model"
import { TextDeskView, useTextDesk } from "./text-desk"

type Linked = linked.Linked

const headingOf = ({ task }: Assignment) => String(task.params.roles ?? "roles")

function begin(work: Assignment, answer?: unknown): Linked {
  const text = textOf(work.body)
  if (answer !== undefined) return linkedOf(text, answer, "human")
  if (work.queue === "review" || !work.suggestion) return linked.EMPTY
  return linkedOf(text, work.suggestion.answer, "suggested")
}

const firstOf = (entries: EditorProps<unknown>["entries"]) =>
  entries.find(({ label }) => label.selectable)?.label.id ?? ""

function View(props: EditorProps<Linked>) {
  const { work, doc, entries, change, onActive, tell, verdict, above, children } = props
  const marks = useMemo(() => dressed(doc, entries), [doc, entries])
  const desk = useTextDesk(work, marks)
  const { text, cursor, at, last, select } = desk
  const { stretch } = cursor
  const gaps = work.task.params.allow_gaps === true
  const { below, beside } = useMemo(() => linked.parted(entries, headingOf(work)), [entries, work])
  const [armed, setArmed] = useState(() => firstOf(beside))
  const [role, setRole] = useState(() => firstOf(below))
  /** The predicate whose arguments are being marked. */
  const [frame, setFrame] = useState<string | null>(null)
  const [chosen, setChosen] = useState<string | null>(null)
  const predicate = marks.find(({ id }) => id === frame) ?? null
  const current = doc.links.find(({ id }) => id === chosen) ?? null
  const mine =
    at && predicate ? doc.links.find(({ from, to }) => from === predicate.id && to === at.id) : undefined
  const active =
    current?.label ?? (predicate ? (mine?.label ?? role) : at && !isArgument(at) ? at.label : armed)
  useEffect(() => onActive(active || null), [active, onActive])

  const pickMark = (id: string | null) => {
    setChosen(null)
    select(id)
  }
  const pickLink = (id: string | null) => {
    select(null)
    setChosen(id)
    setFrame(doc.links.find((one) => one.id === id)?.from ?? frame)
  }
  const addPredicate = (where: Stretch, label: string) => {
    const added = on.add(doc.marks, where, label, true)
    change(linked.withMarks(doc, added.marks))
    pickMark(added.id)
    setFrame(added.id)
  }
  const addArgument = (fragments: readonly Stretch[], label: string) => {
    if (!predicate) return
    const added = on.put(doc.marks, on.markOf(fragments, "", "human"), true)
    change(linked.link(linked.withMarks(doc, added.marks), predicate.id, added.id, label))
    pickMark(added.id)
  }
  const mark = (where: Stretch) => (predicate ? addArgument([where], role) : addPredicate(where, armed))
  const refit = (one: on.Mark, fragments: readonly Stretch[]) => {
    const added = on.replace(doc.marks, plain(one), fragments, true)
    change(linked.withMarks(doc, added.marks, [one.id, added.id]))
    if (one.id === frame) setFrame(added.id)
    pickMark(added.id)
  }
  const pickRole = (label: string) => {
    setRole(label)
    if (current) {
      change(linked.changeLink(doc, current.id, { label }))
      return setChosen(linked.linkOf(current.from, current.to, label, "human").id)
    }
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
  const onto = gaps ? last : null
  useCommands([
    ...cursor.commands,
    ...markCommands({
      work,
      marks,
      at,
      select: pickMark,
      verdict: current ? null : verdict,
      left: linked.left(doc),
      accept,
      remove: (one) => {
        change(removed(doc, one, frame))
        if (one.id === frame) setFrame(null)
      },
      acceptAll: () => change(linked.acceptAll(doc)),
      rejectAll: () => change(linked.rejectAll(doc)),
      resize: (one, edge, by) => refit(one, on.moved(text, one, edge, by)),
      mark: stretch ? () => mark(stretch) : null,
    }),
    ...(gaps
      ? gapCommands(
          onto && stretch ? () => refit(onto, on.united(onto.fragments, stretch)) : null,
          onto && stretch ? () => refit(onto, on.without(text, onto.fragments, stretch)) : null,
        )
      : []),
    desk.clear,
    ...linkCommands({
      doc,
      current,
      pick: pickLink,
      change,
      remove: (id) => {
        const link = doc.links.find((one) => one.id === id)
        const part = link && doc.marks.find((one) => one.id === link.to)
        if (link && part) change(removed(doc, part, link.from))
        setChosen(null)
      },
      turn: null,
    }),
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
      when: () => Boolean(predicate || current) && !stretch,
      run: () => {
        setFrame(null)
        pickMark(null)
      },
    },
  ])
  const strong = useMemo(
    () => new Set([desk.selected, frame, chosen].filter((id) => id !== null)),
    [desk.selected, frame, chosen],
  )
  const counts = useMemo(() => countsOf(entries, [...doc.marks, ...doc.links]), [doc, entries])
  return (
    <TextDeskView
      work={work}
      desk={{ ...desk, select: pickMark }}
      marks={marks}
      entries={entries}
      above={above}
      wide
      over={<EntryArcs root={desk.root} links={doc.links} entries={entries} strong={strong} />}
      onMark={(where, event) =>
        onto && (event.ctrlKey || event.metaKey) ? refit(onto, on.united(onto.fragments, where)) : mark(where)
      }
    >
      {predicate && (
        <p className="banner joining" role="status">
          {t("roles.of", { words: on.wordsOf(text, predicate) })}
        </p>
      )}
      <LabelList
        key={predicate || current ? "roles" : "predicates"}
        ontology_id={predicate || current ? `${work.ontology_id}.links` : work.ontology_id}
        entries={predicate || current ? below : beside}
        chosen={new Set([active])}
        counts={counts}
        onPick={predicate || current ? pickRole : pickFrame}
        title={t(predicate || current ? "roles.labels" : "roles.predicates")}
      />
      <LinkList
        text={text}
        marks={marks}
        links={doc.links}
        entries={entries}
        selected={chosen}
        onSelect={pickLink}
        title={t("roles.title")}
      />
      <MarkList text={text} marks={marks} entries={entries} selected={desk.selected} onSelect={pickMark} />
      {children}
    </TextDeskView>
  )
}

/** A mark as it is kept, without what it wears on the page. */
const plain = ({ note: _note, hue: _hue, ...mark }: on.Mark): on.Mark => mark

function Answer({ body, answer, against, entries }: AnswerProps) {
  const text = textOf(body)
  const mine = useMemo(() => linkedOf(text, answer, "human"), [text, answer])
  const others = useMemo(() => against.map((other) => linkedOf(text, other, "human")), [text, against])
  const worn = useMemo(() => [mine, ...others].map((one) => dressed(one, entries)), [mine, others, entries])
  if (answer === null || answer === undefined) return <span className="dim">{t("review.no_answer")}</span>
  const [marks = [], ...rest] = worn
  return (
    <DifferingMarks text={text} marks={marks} others={rest} entries={entries}>
      <LinkList
        text={text}
        marks={marks}
        links={mine.links}
        entries={entries}
        title={t("roles.title")}
        differing={linked.onlyHere(mine, others)}
      />
    </DifferingMarks>
  )
}

const roles: Editor<Linked> = {
  begin,
  adopt: (work, answer) => linkedOf(textOf(work.body), answer, "accepted"),
  answerOf: (work, doc) => answerOf(textOf(work.body), doc),
  lacking: (_work, doc) => {
    const left = linked.left(doc)
    return left ? t("spans.unchecked", { count: left }) : null
  },
  unchecked: linked.left,
  same,
  enterSubmits: () => false,
  View,
  Answer,
}

export default roles
