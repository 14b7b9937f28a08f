import { useEffect, useMemo, useState } from "react"
import type { Assignment } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import type { Stretch } from "@/lib/words"
import { DifferingMarks } from "./differing-marks"
import { type AnswerProps, type Editor, type EditorProps, textOf } from "./editor"
import { countsOf, LabelList } from "./label-list"
import { gapCommands, markCommands } from "./mark-commands"
import { MarkList } from "./mark-list"
import * as on from "./marks"
import { answerOf, marksOf, spanName, spansOf } from "./spans-model"
import { TextDeskView, useTextDesk } from "./text-desk"

type Marks = on.Marks

const mayOverlap = ({ task }: Assignment) => task.params.allow_overlap === true
const mayHaveGaps = ({ task }: Assignment) => task.params.allow_gaps === true

function begin(work: Assignment, answer?: unknown): Marks {
  const text = textOf(work.body)
  if (answer !== undefined) return marksOf(text, answer, "human")
  if (work.queue === "review" || !work.suggestion) return []
  return marksOf(text, work.suggestion.answer, "suggested")
}

const same = (a: unknown, b: unknown) => on.sameSet(spansOf(a).map(spanName), spansOf(b).map(spanName))

function View(props: EditorProps<Marks>) {
  const { work, doc, entries, change, onActive, tell, verdict, above, children } = props
  const desk = useTextDesk(work, doc)
  const { text, cursor, at, last, select } = desk
  const { stretch } = cursor
  const [armed, setArmed] = useState(() => entries.find(({ label }) => label.selectable)?.label.id ?? "")
  const active = at?.label ?? armed
  useEffect(() => onActive(active || null), [active, onActive])

  const apply = (added: on.Added) => {
    change(added.marks)
    select(added.id)
    if (added.replaced.length) tell(t("spans.replaced", { count: added.replaced.length }))
  }
  const mark = (where: Stretch, label: string) => apply(on.add(doc, where, label, mayOverlap(work)))
  const refit = (one: on.Mark, fragments: readonly Stretch[]) =>
    apply(on.replace(doc, one, fragments, mayOverlap(work)))
  const pick = (label: string) => {
    setArmed(label)
    if (stretch) mark(stretch, label)
    else if (at && at.label !== label) apply(on.relabel(doc, at.id, label))
  }
  const gaps = mayHaveGaps(work)
  const onto = gaps ? last : null
  const join = onto && stretch ? () => refit(onto, on.united(onto.fragments, stretch)) : null
  const cut = onto && stretch ? () => refit(onto, on.without(text, onto.fragments, stretch)) : null
  useCommands([
    ...cursor.commands,
    ...markCommands({
      work,
      marks: doc,
      at,
      select,
      verdict,
      accept: ({ id }) => change(on.accept(doc, id)),
      remove: ({ id }) => change(on.remove(doc, id)),
      acceptAll: () => change(on.acceptAll(doc)),
      rejectAll: () => change(on.rejectAll(doc)),
      resize: (one, edge, by) => refit(one, on.moved(text, one, edge, by)),
      mark: stretch ? () => mark(stretch, armed) : null,
    }),
    ...(gaps ? gapCommands(join, cut) : []),
    desk.clear,
  ])
  const counts = useMemo(() => countsOf(entries, doc), [doc, entries])
  return (
    <TextDeskView
      work={work}
      desk={desk}
      marks={doc}
      entries={entries}
      above={above}
      onMark={(where, event) =>
        onto && (event.ctrlKey || event.metaKey)
          ? refit(onto, on.united(onto.fragments, where))
          : mark(where, armed)
      }
    >
      <LabelList
        ontology_id={work.ontology_id}
        entries={entries}
        chosen={new Set([active])}
        counts={counts}
        onPick={pick}
      />
      <MarkList text={text} marks={doc} entries={entries} selected={desk.selected} onSelect={select} />
      {children}
    </TextDeskView>
  )
}

function Answer({ body, answer, against, entries }: AnswerProps) {
  const text = textOf(body)
  const marks = useMemo(() => marksOf(text, answer, "human"), [text, answer])
  const others = useMemo(() => against.map((other) => marksOf(text, other, "human")), [text, against])
  if (answer === null || answer === undefined) return <span className="dim">{t("review.no_answer")}</span>
  return <DifferingMarks text={text} marks={marks} others={others} entries={entries} />
}

const spans: Editor<Marks> = {
  begin,
  adopt: (work, answer) => marksOf(textOf(work.body), answer, "accepted"),
  answerOf: (work, marks) => answerOf(textOf(work.body), marks),
  lacking: (_work, marks) => {
    const left = on.pending(marks).length
    return left ? t("spans.unchecked", { count: left }) : null
  },
  unchecked: (marks) => on.pending(marks).length,
  same,
  enterSubmits: () => false,
  View,
  Answer,
}

export default spans
