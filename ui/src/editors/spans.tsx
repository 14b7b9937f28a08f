import { useCallback, useEffect, useMemo, useRef, useState } from "react"
import type { Assignment } from "@/api/nouns"
import { type Command, useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { type Stretch, snapToWords } from "@/lib/words"
import { Fields } from "@/parts/fields"
import { type AnswerProps, type Editor, type EditorProps, textOf } from "./editor"
import { LabelList } from "./label-list"
import { MarkList } from "./mark-list"
import { MarkedText, offsetAt, useCursorMark } from "./marked-text"
import * as model from "./spans-model"
import { useWordCursor } from "./word-cursor"

type Marks = model.Marks

const mayOverlap = ({ task }: Assignment) => task.params.allow_overlap === true

function begin(work: Assignment, answer?: unknown): Marks {
  const text = textOf(work.body)
  if (answer !== undefined) return model.marksOf(text, answer, "human")
  if (work.queue === "review" || !work.suggestion) return []
  return model.marksOf(text, work.suggestion.answer, "suggested")
}

const spansOf = (answer: unknown) => (answer as model.SpanAnswer | null)?.spans ?? []
const nameOf = ({ start, end, label }: { start: number; end: number; label: string }) =>
  `${start}-${end}-${label}`

function same(a: unknown, b: unknown): boolean {
  const [first, second] = [new Set(spansOf(a).map(nameOf)), new Set(spansOf(b).map(nameOf))]
  return first.size === second.size && first.isSubsetOf(second)
}

function View(props: EditorProps<Marks>) {
  const { work, doc, entries, change, onActive, tell, verdict, above, children } = props
  const text = textOf(work.body)
  const root = useRef<HTMLElement>(null)
  const [selected, setSelected] = useState<string | null>(null)
  const [armed, setArmed] = useState(() => entries.find(({ label }) => label.selectable)?.label.id ?? "")
  const at = doc.find(({ id }) => id === selected) ?? null
  const cursor = useWordCursor(text, at?.start ?? null, () => setSelected(null))
  useCursorMark(root, cursor.stretch, doc)
  const active = at?.label ?? armed
  useEffect(() => onActive(active || null), [active, onActive])

  const apply = (added: model.Added) => {
    change(added.marks)
    setSelected(added.id)
    cursor.clear()
    if (added.replaced.length) tell(t("spans.replaced", { count: added.replaced.length }))
  }
  const mark = (stretch: Stretch, label: string) => apply(model.add(doc, stretch, label, mayOverlap(work)))
  const pick = (label: string) => {
    setArmed(label)
    if (cursor.stretch) mark(cursor.stretch, label)
    else if (at && at.label !== label) apply(model.relabel(doc, at.id, label))
  }
  const select = useCallback(
    (id: string | null) => {
      cursor.clear()
      setSelected(id)
      if (id) root.current?.querySelector(`[data-mark="${id}"]`)?.scrollIntoView({ block: "nearest" })
    },
    [cursor.clear],
  )
  useCommands([
    ...cursor.commands,
    ...markCommands({ ...props, text, at, select, armed, mark, apply, stretch: cursor.stretch, verdict }),
    {
      id: "spans.clear",
      title: t("spans.clear"),
      keys: ["Escape"],
      scope: "text",
      when: () => Boolean(cursor.stretch || selected),
      run: () => select(null),
    },
  ])
  const onMouseUp = (event: React.MouseEvent) => {
    const chosen = selectionIn(root.current)
    if (!chosen) return
    getSelection()?.removeAllRanges()
    const stretch = event.altKey ? chosen : snapToWords(text, cursor.words, chosen)
    if (stretch.end > stretch.start) mark(stretch, armed)
  }
  const onClick = (event: React.MouseEvent) => {
    const id = (event.target as HTMLElement).closest<HTMLElement>("[data-mark]")?.dataset.mark
    if (id) select(id)
  }
  const counts = useMemo(() => {
    const grouped = Map.groupBy(doc, ({ label }) => label)
    return new Map(entries.map(({ label }) => [label.id, grouped.get(label.id)?.length ?? 0]))
  }, [doc, entries])

  return (
    <>
      <main className="canvas" id="main" tabIndex={-1}>
        {above}
        <Fields body={work.body} />
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: J and K select marks, the word cursor marks stretches */}
        <article
          className="doc"
          ref={root}
          aria-label={t("work.item")}
          onMouseUp={onMouseUp}
          onClick={onClick}
        >
          <MarkedText text={text} marks={doc} entries={entries} selected={selected} />
        </article>
      </main>
      <aside className="side" aria-label={t("work.panel")}>
        <LabelList
          ontology_id={work.ontology_id}
          entries={entries}
          chosen={new Set([active])}
          counts={counts}
          onPick={pick}
        />
        <MarkList text={text} marks={doc} entries={entries} selected={selected} onSelect={select} />
        {children}
      </aside>
    </>
  )
}

function selectionIn(root: HTMLElement | null): Stretch | null {
  const selection = getSelection()
  if (!root || !selection || selection.isCollapsed || !root.contains(selection.anchorNode)) return null
  const range = selection.getRangeAt(0)
  const start = offsetAt(range.startContainer, range.startOffset)
  const end = offsetAt(range.endContainer, range.endOffset)
  return start === null || end === null || end <= start ? null : { start, end }
}

interface At extends Pick<EditorProps<Marks>, "doc" | "change" | "tell" | "verdict" | "work"> {
  readonly text: string
  readonly at: model.Mark | null
  readonly armed: string
  readonly stretch: Stretch | null
  readonly select: (id: string | null) => void
  readonly mark: (stretch: Stretch, label: string) => void
  readonly apply: (added: model.Added) => void
}

/** A and X mean the selected mark; with none selected, the suggestion as a whole. */
function markCommands(given: At): Command[] {
  const { doc, change, verdict, work, text, at, armed, stretch, select, mark, apply } = given
  const waiting = model.pending(doc)
  const go = (by: 1 | -1) =>
    select(model.neighbour(waiting.length ? waiting : doc, at?.id ?? null, by)?.id ?? null)
  const next = () =>
    model.neighbour(
      waiting.filter(({ id }) => id !== at?.id),
      null,
      1,
    )
  const after = () => waiting.find((one) => one.id !== at?.id && one.start >= (at?.start ?? 0)) ?? next()
  const accept = () => {
    if (!at) return verdict ? verdict.accept() : change(model.acceptAll(doc))
    change(model.accept(doc, at.id))
    return select(after()?.id ?? null)
  }
  const reject = () => {
    if (!at) return verdict?.reject()
    change(model.remove(doc, at.id))
    return select(after()?.id ?? null)
  }
  const resize = (edge: "start" | "end", by: 1 | -1) =>
    at && apply(model.resize(text, doc, at.id, { edge, by, allowOverlap: mayOverlap(work) }))
  const whole = work.queue === "verify" && !at
  const text_ = (
    id: string,
    title: string,
    keys: string[],
    run: () => void,
    when?: () => boolean,
  ): Command => ({
    id,
    title,
    keys,
    scope: "text",
    run,
    ...(when ? { when } : {}),
  })
  return [
    text_(
      "spans.next",
      t("spans.next"),
      ["j", "ArrowDown"],
      () => go(1),
      () => doc.length > 0,
    ),
    text_(
      "spans.previous",
      t("spans.previous"),
      ["k", "ArrowUp"],
      () => go(-1),
      () => doc.length > 0,
    ),
    {
      id: "work.accept",
      title: whole ? t("work.accept") : t("spans.accept"),
      keys: ["a"],
      scope: "work",
      run: accept,
      when: () => Boolean(at || verdict || waiting.length),
    },
    {
      id: "work.reject",
      title: whole ? t("work.reject") : t("spans.reject"),
      keys: ["x"],
      scope: "work",
      run: reject,
      when: () => Boolean(at || verdict),
    },
    text_("spans.delete", t("spans.delete"), ["Delete", "Backspace"], reject, () => at !== null),
    text_(
      "spans.accept_all",
      t("spans.accept_all"),
      ["shift+a"],
      () => change(model.acceptAll(doc)),
      () => waiting.length > 0,
    ),
    text_(
      "spans.reject_all",
      t("spans.reject_all"),
      ["shift+x"],
      () => change(model.rejectAll(doc)),
      () => waiting.length > 0,
    ),
    text_(
      "spans.mark",
      t("spans.mark"),
      ["Enter"],
      () => stretch && mark(stretch, armed),
      () => stretch !== null,
    ),
    text_(
      "spans.end_back",
      t("spans.end_back"),
      ["["],
      () => resize("end", -1),
      () => at !== null,
    ),
    text_(
      "spans.end_on",
      t("spans.end_on"),
      ["]"],
      () => resize("end", 1),
      () => at !== null,
    ),
    text_(
      "spans.start_back",
      t("spans.start_back"),
      ["{"],
      () => resize("start", -1),
      () => at !== null,
    ),
    text_(
      "spans.start_on",
      t("spans.start_on"),
      ["}"],
      () => resize("start", 1),
      () => at !== null,
    ),
  ]
}

function Answer({ body, answer, against, entries }: AnswerProps) {
  const text = textOf(body)
  const marks = useMemo(() => model.marksOf(text, answer, "human"), [text, answer])
  const others = useMemo(
    () => against.map((other) => new Set(model.marksOf(text, other, "human").map(({ id }) => id))),
    [text, against],
  )
  const differing = useMemo(
    () => new Set(marks.filter(({ id }) => others.some((other) => !other.has(id))).map(({ id }) => id)),
    [marks, others],
  )
  if (answer === null || answer === undefined) return <span className="dim">{t("review.no_answer")}</span>
  return (
    <div className="doc small">
      <MarkedText text={text} marks={marks} entries={entries} selected={null} differing={differing} />
      {differing.size > 0 && (
        <MarkList
          text={text}
          marks={marks.filter(({ id }) => differing.has(id))}
          entries={entries}
          selected={null}
          title={t("review.only_here")}
        />
      )}
    </div>
  )
}

const spans: Editor<Marks> = {
  begin,
  adopt: (work, answer) => model.marksOf(textOf(work.body), answer, "accepted"),
  answerOf: (work, marks) => model.answerOf(textOf(work.body), marks),
  lacking: (_work, marks) => {
    const left = model.pending(marks).length
    return left ? t("spans.unchecked", { count: left }) : null
  },
  unchecked: (marks) => model.pending(marks).length,
  same,
  enterSubmits: () => false,
  View,
  Answer,
}

export default spans
