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
import { answerOf, type Between, linkedOf, mayJoin, same } from "./relations-model"
import { TextDeskView, useTextDesk } from "./text-desk"

type Linked = linked.Linked

const headingOf = ({ task }: Assignment) => String(task.params.relations ?? "relations")
const betweenOf = ({ task }: Assignment) => (task.params.between ?? {}) as Between

function begin(work: Assignment, answer?: unknown): Linked {
  const text = textOf(work.body)
  if (answer !== undefined) return linkedOf(text, answer, "human")
  if (work.queue === "review" || !work.suggestion) return linked.EMPTY
  return linkedOf(text, work.suggestion.answer, "suggested")
}

function View(props: EditorProps<Linked>) {
  const { work, doc, entries, change, onActive, tell, verdict, above, children } = props
  const { marks, links } = doc
  const desk = useTextDesk(work, marks)
  const { text, cursor, at, last, select } = desk
  const { stretch } = cursor
  const allowOverlap = work.task.params.allow_overlap === true
  const gaps = work.task.params.allow_gaps === true
  const { below, beside } = useMemo(() => linked.parted(entries, headingOf(work)), [entries, work])
  const [armed, setArmed] = useState(() => beside.find(({ label }) => label.selectable)?.label.id ?? "")
  /** The mark that a relation is being drawn from. */
  const [head, setHead] = useState<string | null>(null)
  const [chosen, setChosen] = useState<string | null>(null)
  const from = marks.find(({ id }) => id === head) ?? null
  const current = links.find(({ id }) => id === chosen) ?? null
  const joining = from !== null || current !== null
  const active = current?.label ?? (from ? null : (at?.label ?? armed))
  useEffect(() => onActive(active || null), [active, onActive])

  const apply = (added: on.Added, renamed?: string) => {
    change(linked.withMarks(doc, added.marks, renamed === undefined ? undefined : [renamed, added.id]))
    setChosen(null)
    select(added.id)
    if (added.replaced.length) tell(t("spans.replaced", { count: added.replaced.length }))
  }
  const mark = (where: Stretch, label: string) => apply(on.add(marks, where, label, allowOverlap))
  const refit = (one: on.Mark, fragments: readonly Stretch[]) =>
    apply(on.replace(marks, one, fragments, allowOverlap), one.id)
  const pickMark = (id: string | null) => {
    setChosen(null)
    select(id)
  }
  const pickLink = (id: string | null) => {
    setHead(null)
    select(null)
    setChosen(id)
  }
  const join = (label: string) => {
    if (!from || !at || at.id === from.id) return tell(t("links.choose"))
    if (!mayJoin(betweenOf(work), label, from.label, at.label)) return tell(t("links.not_between"))
    change(linked.link(doc, from.id, at.id, label))
    setHead(null)
    pickMark(from.id)
  }
  const pick = (label: string) => {
    if (from) return join(label)
    if (current) {
      const ends = [current.from, current.to].map((id) => marks.find((one) => one.id === id)?.label ?? "")
      if (!mayJoin(betweenOf(work), label, ends[0] ?? "", ends[1] ?? "")) return tell(t("links.not_between"))
      change(linked.changeLink(doc, current.id, { label }))
      return setChosen(linked.linkOf(current.from, current.to, label, "human").id)
    }
    setArmed(label)
    if (stretch) return mark(stretch, label)
    if (at && at.label !== label) apply(on.relabel(marks, at.id, label), at.id)
  }
  const fitting =
    from && at && at.id !== from.id
      ? below.filter(({ label }) => mayJoin(betweenOf(work), label.id, from.label, at.label))
      : below
  const onto = gaps ? last : null
  const removeLink = (id: string) => {
    change(linked.unlink(doc, id))
    setChosen(null)
  }
  useCommands([
    ...cursor.commands,
    ...markCommands({
      work,
      marks,
      at,
      select: pickMark,
      verdict: current ? null : verdict,
      all: from !== null,
      left: linked.left(doc),
      accept: ({ id }) => change(linked.withMarks(doc, on.accept(marks, id))),
      remove: ({ id }) => change(linked.withMarks(doc, on.remove(marks, id))),
      acceptAll: () => change(linked.acceptAll(doc)),
      rejectAll: () => change(linked.rejectAll(doc)),
      resize: (one, edge, by) => refit(one, on.moved(text, one, edge, by)),
      mark: stretch ? () => mark(stretch, armed) : null,
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
      remove: removeLink,
      turn: (id) => {
        change(linked.changeLink(doc, id, { turned: true }))
        setChosen(null)
      },
    }),
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
        setChosen(null)
      },
    },
  ])
  const strong = useMemo(
    () => new Set([desk.selected, head, chosen].filter((id) => id !== null)),
    [desk.selected, head, chosen],
  )
  const counts = useMemo(() => countsOf(entries, [...marks, ...links]), [marks, links, entries])
  return (
    <TextDeskView
      work={work}
      desk={{ ...desk, select: pickMark }}
      marks={marks}
      entries={entries}
      above={above}
      wide
      over={<EntryArcs root={desk.root} links={links} entries={entries} strong={strong} />}
      onMark={(where, event) =>
        onto && (event.ctrlKey || event.metaKey)
          ? refit(onto, on.united(onto.fragments, where))
          : mark(where, armed)
      }
    >
      {from && (
        <p className="banner joining" role="status">
          {t("links.from", { words: on.wordsOf(text, from) })}
        </p>
      )}
      <LabelList
        key={joining ? "links" : "marks"}
        ontology_id={joining ? `${work.ontology_id}.links` : work.ontology_id}
        entries={joining ? fitting : beside}
        chosen={new Set([active ?? ""])}
        counts={counts}
        onPick={pick}
        {...(joining ? { title: t("links.labels") } : {})}
      />
      <LinkList
        text={text}
        marks={marks}
        links={links}
        entries={entries}
        selected={chosen}
        onSelect={pickLink}
        title={t("links.title")}
      />
      <MarkList text={text} marks={marks} entries={entries} selected={desk.selected} onSelect={pickMark} />
      {children}
    </TextDeskView>
  )
}

function Answer({ body, answer, against, entries }: AnswerProps) {
  const text = textOf(body)
  const mine = useMemo(() => linkedOf(text, answer, "human"), [text, answer])
  const others = useMemo(() => against.map((other) => linkedOf(text, other, "human")), [text, against])
  const differing = useMemo(() => linked.onlyHere(mine, others), [mine, others])
  if (answer === null || answer === undefined) return <span className="dim">{t("review.no_answer")}</span>
  return (
    <DifferingMarks
      text={text}
      marks={mine.marks}
      others={others.map(({ marks }) => marks)}
      entries={entries}
    >
      <LinkList
        text={text}
        marks={mine.marks}
        links={mine.links}
        entries={entries}
        title={t("links.title")}
        differing={differing}
      />
    </DifferingMarks>
  )
}

const relations: Editor<Linked> = {
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

export default relations
