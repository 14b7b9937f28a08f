import { IconSparkles } from "@tabler/icons-react"
import { type ReactNode, type RefObject, useCallback, useRef, useState } from "react"
import type { Assignment } from "@/api/nouns"
import type { Command } from "@/app/commands"
import { t } from "@/app/i18n"
import { type Stretch, snapToWords } from "@/lib/words"
import { Canvas } from "@/parts/canvas"
import { Fields } from "@/parts/fields"
import { textOf } from "./editor"
import type { Entry } from "./labels"
import { MarkedText, offsetAt, useCursorMark } from "./marked-text"
import type { Mark, Marks } from "./marks"
import { useWordCursor, type WordCursor } from "./word-cursor"

/** A text on the desk: which mark is selected, where the word cursor stands. */
export interface TextDesk {
  readonly text: string
  readonly root: RefObject<HTMLElement | null>
  readonly cursor: WordCursor
  readonly selected: string | null
  /** The selected mark itself. */
  readonly at: Mark | null
  /** The mark that was selected last, also while the cursor is on its way. */
  readonly last: Mark | null
  /** Selects a mark, or none; the cursor goes, and the mark comes into view. */
  readonly select: (id: string | null) => void
  readonly clear: Command
}

export function useTextDesk(work: Assignment, marks: Marks): TextDesk {
  const text = textOf(work.body)
  const root = useRef<HTMLElement>(null)
  const [selected, setSelected] = useState<string | null>(null)
  const [before, setBefore] = useState<string | null>(null)
  const at = marks.find(({ id }) => id === selected) ?? null
  const cursor = useWordCursor(text, at?.start ?? null, () => setSelected(null))
  useCursorMark(root, cursor.stretch, marks)
  const select = useCallback(
    (id: string | null) => {
      cursor.clear()
      setSelected(id)
      setBefore(id)
      if (id)
        root.current?.querySelector(`[data-mark="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" })
    },
    [cursor.clear],
  )
  return {
    text,
    root,
    cursor,
    selected,
    at,
    last: at ?? marks.find(({ id }) => id === before) ?? null,
    select,
    clear: {
      id: "spans.clear",
      title: t("spans.clear"),
      keys: ["Escape"],
      scope: "text",
      when: () => Boolean(cursor.stretch || selected),
      run: () => select(null),
    },
  }
}

interface Props {
  readonly work: Assignment
  readonly desk: TextDesk
  readonly marks: Marks
  readonly entries: readonly Entry[]
  /** A stretch was chosen with the mouse. */
  readonly onMark: (stretch: Stretch, event: React.MouseEvent) => void
  /** Shown above the text. */
  readonly above: ReactNode
  /** Drawn over the text. */
  readonly over?: ReactNode
  /** More room between the lines. */
  readonly wide?: boolean
  /** What stands on the right. */
  readonly children: ReactNode
}

/** The text in the middle, marked with mouse or keys, and the panel beside it: the same for every task on stretches. */
export function TextDeskView(props: Props) {
  const { work, desk, marks, entries, onMark, above, over, wide, children } = props
  const { text, root, cursor, selected, select } = desk
  const onMouseUp = (event: React.MouseEvent) => {
    const chosen = selectionIn(root.current)
    if (!chosen) return
    getSelection()?.removeAllRanges()
    const stretch = event.altKey ? chosen : snapToWords(text, cursor.words, chosen)
    if (stretch.end > stretch.start) onMark(stretch, event)
  }
  const onClick = (event: React.MouseEvent) => {
    const ids = marksAt(event.target as HTMLElement)
    // A second click goes to the mark around this one.
    const next = ids[(ids.indexOf(selected ?? "") + 1) % ids.length]
    if (next) select(next)
  }
  return (
    <>
      <Canvas>
        {above}
        <Fields body={work.body} />
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: J and K select marks, the word cursor marks stretches */}
        <article
          className={wide ? "doc wide" : "doc"}
          ref={root}
          aria-label={t("work.item")}
          onMouseUp={onMouseUp}
          onClick={onClick}
        >
          <MarkedText text={text} marks={marks} entries={entries} selected={selected} />
          {over}
        </article>
        {marks.length === 0 && <Unmarked work={work} />}
      </Canvas>
      <aside className="side" aria-label={t("work.panel")}>
        {children}
      </aside>
    </>
  )
}

/** A text without marks: that is what is suggested, or nothing was marked so far. */
function Unmarked({ work }: { work: Assignment }) {
  const said = work.queue === "verify" ? work.suggestion?.answer : null
  const lists = said && typeof said === "object" ? Object.values(said) : []
  if (!lists.length || !lists.every((list) => Array.isArray(list) && list.length === 0))
    return <p className="unmarked dim">{t("spans.none_yet")}</p>
  return (
    <section className="chosen suggested" aria-label={t("choice.suggested")}>
      <h2>
        <IconSparkles size={15} aria-hidden /> {t("choice.suggested")}
      </h2>
      {t("spans.none_suggested")}
    </section>
  )
}

/** Ids of the marks under a place in the page, the innermost first. */
function marksAt(element: HTMLElement): string[] {
  const ids: string[] = []
  for (let at = element.closest<HTMLElement>("[data-mark]"); at; ) {
    ids.push(at.dataset.mark ?? "")
    at = at.parentElement?.closest<HTMLElement>("[data-mark]") ?? null
  }
  return ids
}

function selectionIn(root: HTMLElement | null): Stretch | null {
  const selection = getSelection()
  if (!root || !selection || selection.isCollapsed || !root.contains(selection.anchorNode)) return null
  const range = selection.getRangeAt(0)
  const start = offsetAt(range.startContainer, range.startOffset)
  const end = offsetAt(range.endContainer, range.endOffset)
  return start === null || end === null || end <= start ? null : { start, end }
}
