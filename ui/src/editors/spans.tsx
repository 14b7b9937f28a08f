import { useEffect, useMemo } from "react"
import type { Assignment } from "@/api/nouns"
import { keyName, useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import type { Stretch } from "@/lib/words"
import { DifferingMarks } from "./differing-marks"
import { type AnswerProps, type EditorProps, textOf } from "./editor"
import { countsOf, LabelList } from "./label-list"
import { checking, gapsOf, markCommands } from "./mark-commands"
import { MarkList } from "./mark-list"
import * as on from "./marks"
import { onText, useArmed } from "./on-text"
import { answerOf, marksOf, spanName, spansOf } from "./spans-model"
import { TextDeskView, useTextDesk } from "./text-desk"

type Marks = on.Marks

const mayOverlap = ({ task }: Assignment) => task.params.allow_overlap === true

const same = (a: unknown, b: unknown) => on.sameSet(spansOf(a).map(spanName), spansOf(b).map(spanName))

function View(props: EditorProps<Marks>) {
  const { work, doc, entries, change, onActive, tell, verdict, above, children } = props
  const desk = useTextDesk(work, doc)
  const { text, cursor, at, select } = desk
  const { stretch } = cursor
  const [armed, setArmed] = useArmed(entries)
  const active = at?.label ?? armed
  useEffect(() => onActive(active || null), [active, onActive])

  const apply = (added: on.Added) => {
    change(added.marks)
    select(added.id)
    if (added.replaced.length)
      tell(t("spans.replaced", { count: added.replaced.length, key: keyName("work.undo") }))
  }
  const mark = (where: Stretch, label: string) => apply(on.add(doc, where, label, mayOverlap(work)))
  const refit = (one: on.Mark, fragments: readonly Stretch[]) =>
    apply(on.replace(doc, one, fragments, mayOverlap(work)))
  const pick = (label: string) => {
    setArmed(label)
    if (stretch) mark(stretch, label)
    else if (at && at.label !== label) apply(on.relabel(doc, at.id, label))
  }
  const gaps = gapsOf(work, desk, refit)
  const repeat = () => {
    if (!at) return
    const marks = on.everywhere(text, cursor.words, doc, at)
    if (marks !== doc) change(marks)
    tell(t("spans.repeated", { count: marks.length - doc.length, key: keyName("work.undo") }))
  }
  useCommands([
    ...cursor.commands,
    ...markCommands({
      work,
      marks: doc,
      at,
      select,
      verdict,
      ...checking(doc, change),
      resize: (one, edge, by) => refit(one, on.moved(text, one, edge, by)),
      mark: stretch ? () => mark(stretch, armed) : null,
    }),
    ...gaps.commands,
    {
      id: "spans.everywhere",
      title: t("spans.everywhere"),
      keys: ["d"],
      scope: "text",
      when: () => at !== null && at.fragments.length === 1,
      run: repeat,
    },
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
      onMark={(where, event) => gaps.join(where, event) || mark(where, armed)}
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

export default onText<Marks>({
  read: marksOf,
  write: answerOf,
  left: (marks) => on.pending(marks).length,
  same,
  View,
  Answer,
})
