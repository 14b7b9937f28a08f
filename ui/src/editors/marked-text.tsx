import { memo, type RefObject, useLayoutEffect, useMemo } from "react"
import type { Stretch } from "@/lib/words"
import { Run } from "@/parts/run"
import type { Entry } from "./labels"
import { paragraphs, segments } from "./segments"
import type { Mark, Marks } from "./spans-model"

interface Props {
  readonly text: string
  readonly marks: Marks
  readonly entries: readonly Entry[]
  readonly selected: string | null
  /** Marks that others do not share. */
  readonly differing?: ReadonlySet<string>
}

/** A text with its marks. Each paragraph is drawn again only when its own marks change. */
export function MarkedText({ text, marks, entries, selected, differing }: Props) {
  const parts = useMemo(() => paragraphs(text), [text])
  const byLabel = useMemo(() => new Map(entries.map((entry) => [entry.label.id, entry])), [entries])
  return parts.map((stretch) => (
    <Paragraph
      key={stretch.start}
      text={text}
      start={stretch.start}
      end={stretch.end}
      marks={marks.filter((mark) => mark.start < stretch.end && mark.end > stretch.start)}
      byLabel={byLabel}
      selected={selected}
      differing={differing}
    />
  ))
}

interface ParagraphProps extends Stretch {
  readonly text: string
  readonly marks: Marks
  readonly byLabel: ReadonlyMap<string, Entry>
  readonly selected: string | null
  readonly differing: ReadonlySet<string> | undefined
}

const Paragraph = memo(function Paragraph(props: ParagraphProps) {
  const { text, start, end, marks, byLabel, selected, differing } = props
  return (
    <p dir="auto">
      {segments({ start, end }, marks).map((segment) => {
        const run = <Run text={text.slice(segment.start, segment.end)} at={segment.start} />
        const top = segment.marks.at(-1)
        if (!top) return <span key={segment.start}>{run}</span>
        const under = segment.marks.at(-2)
        const names = ["mark", `hue-${byLabel.get(top.label)?.hue ?? 1}`, top.state]
        if (under) names.push("over", `under-${byLabel.get(under.label)?.hue ?? 1}`)
        if (segment.marks.some(({ id }) => id === selected)) names.push("selected")
        if (differing?.has(top.id)) names.push("differs")
        return (
          <span key={segment.start}>
            <span className={names.join(" ")} data-mark={top.id}>
              {run}
            </span>
            {segment.marks
              .filter((mark) => mark.end === segment.end)
              .map((mark) => (
                <NameTag key={mark.id} mark={mark} entry={byLabel.get(mark.label)} />
              ))}
          </span>
        )
      })}
    </p>
  )
}, sameParagraph)

function sameParagraph(a: ParagraphProps, b: ParagraphProps): boolean {
  const touched = ({ marks, selected }: ParagraphProps) => marks.some(({ id }) => id === selected)
  return (
    a.text === b.text &&
    a.byLabel === b.byLabel &&
    a.differing === b.differing &&
    a.marks.length === b.marks.length &&
    a.marks.every((mark, at) => mark === b.marks[at]) &&
    (a.selected === b.selected || (!touched(a) && !touched(b)))
  )
}

/** The label's name behind its mark; not read out, because the list of marks says it better. */
function NameTag({ mark, entry }: { mark: Mark; entry: Entry | undefined }) {
  return (
    <span className={`name-tag hue-${entry?.hue ?? 1}`} data-mark={mark.id} aria-hidden>
      {entry?.label.name ?? mark.label}
    </span>
  )
}

/** The offset in the text of a place in the page. */
export function offsetAt(node: Node, offset: number): number | null {
  const element = node instanceof Element ? node : node.parentElement
  const run = element?.closest<HTMLElement>("[data-at]")
  if (!run) {
    // Between runs: the beginning of the first run behind this place.
    const behind = node.childNodes[offset]
    const next = behind instanceof Element ? (behind.querySelector<HTMLElement>("[data-at]") ?? null) : null
    return next ? Number(next.dataset.at) : null
  }
  return Number(run.dataset.at) + (node instanceof Text ? offset : 0)
}

/** Draws the word cursor without touching the text: a highlight, scrolled into view. */
export function useCursorMark(
  root: RefObject<HTMLElement | null>,
  cursor: Stretch | null,
  redraw: unknown,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed text has new nodes for the same cursor
  useLayoutEffect(() => {
    if (!("highlights" in CSS)) return
    CSS.highlights.delete("word-cursor")
    const range = cursor && root.current ? rangeOf(root.current, cursor) : null
    if (!range) return
    CSS.highlights.set("word-cursor", new Highlight(range))
    const box = range.getBoundingClientRect()
    if (box.top < 90 || box.bottom > innerHeight - 100) {
      range.startContainer.parentElement?.scrollIntoView({ block: "center" })
    }
    return () => {
      CSS.highlights.delete("word-cursor")
    }
  }, [root, cursor, redraw])
}

function rangeOf(root: HTMLElement, { start, end }: Stretch): Range | null {
  const range = document.createRange()
  let begun = false
  for (const run of root.querySelectorAll<HTMLElement>("[data-at]")) {
    const node = run.firstChild
    if (!(node instanceof Text)) continue
    const from = Number(run.dataset.at)
    const to = from + node.length
    if (!begun && start < to) {
      range.setStart(node, Math.max(0, start - from))
      begun = true
    }
    if (begun && end <= to) {
      range.setEnd(node, end - from)
      return range
    }
  }
  return null
}
