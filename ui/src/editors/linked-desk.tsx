import { type ReactNode, useMemo, useState } from "react"
import { type Command, useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import type { Stretch } from "@/lib/words"
import { DifferingMarks } from "./differing-marks"
import { type AnswerProps, type EditorProps, textOf } from "./editor"
import { EntryArcs } from "./entry-arcs"
import { countsOf, LabelList } from "./label-list"
import type { Entry } from "./labels"
import { besideLink, linkCommands } from "./link-commands"
import { LinkList } from "./link-list"
import * as linked from "./links"
import { gapsOf, markCommands } from "./mark-commands"
import { MarkList } from "./mark-list"
import * as on from "./marks"
import { type TextDesk, TextDeskView, useTextDesk } from "./text-desk"

type Linked = linked.Linked

/** A text with links on the desk: in hand is a mark, or a link, or neither. */
export interface LinkedDesk extends TextDesk {
  /** The chosen link. */
  readonly current: linked.Link | null
  /** Takes a link in hand, or lets go of it. */
  readonly choose: (id: string | null) => void
  /** Another label for the chosen link. */
  readonly relabel: (label: string) => void
}

export function useLinkedDesk({ work, doc, change }: EditorProps<Linked>, marks: on.Marks): LinkedDesk {
  const desk = useTextDesk(work, marks)
  const [chosen, setChosen] = useState<string | null>(null)
  const current = doc.links.find(({ id }) => id === chosen) ?? null
  const choose = (id: string | null) => {
    if (id !== null) desk.select(null)
    setChosen(id)
  }
  return {
    ...desk,
    current,
    choose,
    select: (id) => {
      setChosen(null)
      desk.select(id)
    },
    relabel: (label) => {
      if (!current) return
      change(linked.changeLink(doc, current.id, { label }))
      choose(linked.linkOf(current.from, current.to, label, "human").id)
    },
  }
}

interface Props {
  readonly given: EditorProps<Linked>
  readonly desk: LinkedDesk
  /** The marks as they look. */
  readonly marks: on.Marks
  /** The mark that links are being drawn from, and what says so. */
  readonly from: on.Mark | null
  readonly drawing: (words: string) => string
  /** What there is to pick from now. */
  readonly labels: readonly Entry[]
  readonly labelsTitle?: string | undefined
  readonly active: string | null
  readonly onPick: (label: string) => void
  readonly linksTitle: string
  /** Marks a stretch. */
  readonly mark: (where: Stretch) => void
  /** Gives a mark other fragments. */
  readonly refit: (mark: on.Mark, fragments: readonly Stretch[]) => void
  readonly accept: (mark: on.Mark) => void
  readonly remove: (mark: on.Mark) => void
  readonly chooseLink: (id: string | null) => void
  readonly removeLink: (link: linked.Link) => Linked
  /** Where links may be turned around. */
  readonly turns?: boolean
  /** J and K step over all marks while a link is drawn. */
  readonly all?: boolean
  readonly commands: readonly Command[]
}

/** The text with its arcs, and beside it labels, links and marks: the same for every task that joins marks. */
export function LinkedDeskView(props: Props) {
  const { given, desk, marks, from, active, mark, refit, accept, remove, chooseLink } = props
  const { work, doc, entries, change, verdict, above, children } = given
  const { text, cursor, at, current, choose, select } = desk
  const { stretch } = cursor
  const gaps = gapsOf(work, desk, refit)
  const joining = from !== null || current !== null
  useCommands([
    ...cursor.commands,
    ...besideLink(
      markCommands({
        work,
        marks,
        at,
        select,
        verdict,
        all: props.all === true && from !== null,
        left: linked.left(doc),
        accept,
        remove,
        acceptAll: () => change(linked.acceptAll(doc)),
        rejectAll: () => change(linked.rejectAll(doc)),
        resize: (one, edge, by) => refit(one, on.moved(text, one, edge, by)),
        mark: stretch ? () => mark(stretch) : null,
      }),
      current,
    ),
    ...gaps.commands,
    desk.clear,
    ...linkCommands({
      doc,
      current,
      pick: chooseLink,
      change,
      remove: () => {
        if (current) change(props.removeLink(current))
        choose(null)
      },
      turn: props.turns
        ? (id) => {
            change(linked.changeLink(doc, id, { turned: true }))
            choose(null)
          }
        : null,
    }),
    ...props.commands,
  ])
  const strong = useMemo(
    () => new Set([desk.selected, from?.id, current?.id].filter((id) => id != null)),
    [desk.selected, from, current],
  )
  const counts = useMemo(() => countsOf(entries, [...doc.marks, ...doc.links]), [doc, entries])
  return (
    <TextDeskView
      work={work}
      desk={desk}
      marks={marks}
      entries={entries}
      above={above}
      wide
      over={<EntryArcs root={desk.root} links={doc.links} entries={entries} strong={strong} />}
      onMark={(where, event) => gaps.join(where, event) || mark(where)}
    >
      {from && (
        <p className="banner joining" role="status">
          {props.drawing(on.wordsOf(text, from))}
        </p>
      )}
      <LabelList
        key={joining ? "links" : "marks"}
        ontology_id={joining ? `${work.ontology_id}.links` : work.ontology_id}
        entries={props.labels}
        chosen={new Set([active ?? ""])}
        counts={counts}
        onPick={props.onPick}
        {...(props.labelsTitle ? { title: props.labelsTitle } : {})}
      />
      <LinkList
        text={text}
        marks={marks}
        links={doc.links}
        entries={entries}
        selected={current?.id ?? null}
        onSelect={chooseLink}
        title={props.linksTitle}
      />
      <MarkList text={text} marks={marks} entries={entries} selected={desk.selected} onSelect={select} />
      {children}
    </TextDeskView>
  )
}

interface AnswerOf {
  readonly given: AnswerProps
  readonly read: (text: string, answer: unknown, state: on.State) => Linked
  /** The marks as they look. */
  readonly dress: (doc: Linked, entries: readonly Entry[]) => on.Marks
  readonly title: string
}

/** Marks and links to read; what others do not share is marked. */
export function LinkedAnswer({ given, read, dress, title }: AnswerOf): ReactNode {
  const { body, answer, against, entries } = given
  const text = textOf(body)
  const all = useMemo(
    () => [answer, ...against].map((one) => read(text, one, "human")),
    [text, answer, against, read],
  )
  const [marks = [], ...others] = useMemo(() => all.map((one) => dress(one, entries)), [all, entries, dress])
  const differing = useMemo(() => {
    const [mine = linked.EMPTY, ...theirs] = all
    return linked.onlyHere(mine, theirs)
  }, [all])
  if (answer === null || answer === undefined) return <span className="dim">{t("review.no_answer")}</span>
  return (
    <DifferingMarks text={text} marks={marks} others={others} entries={entries}>
      <LinkList
        text={text}
        marks={marks}
        links={all[0]?.links ?? []}
        entries={entries}
        title={title}
        differing={differing}
      />
    </DifferingMarks>
  )
}
