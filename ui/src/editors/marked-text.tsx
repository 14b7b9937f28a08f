import { memo, type RefObject, useLayoutEffect, useMemo } from "react"
import type { Stretch } from "@/lib/words"
import { Run } from "@/parts/run"
import type { Entry } from "./labels"
import { type Mark, type Marks, overlaps } from "./marks"
import { lanesOf, paragraphs, pieces, segments } from "./segments"

interface Props {
  readonly text: string
  readonly marks: Marks
  readonly entries: readonly Entry[]
  readonly selected: string | null
  /** Marks that others do not share. */
  readonly differing?: ReadonlySet<string> | undefined
}

/** A text with its marks. Each piece of it is drawn again only when its own marks change. */
export function MarkedText({ text, marks, entries, selected, differing }: Props) {
  const parts = useMemo(
    () => paragraphs(text).map((part) => ({ start: part.start, pieces: pieces(text, part) })),
    [text],
  )
  const byLabel = useMemo(() => new Map(entries.map((entry) => [entry.label.id, entry])), [entries])
  return parts.map((part) => (
    <p key={part.start} dir="auto">
      {part.pieces.map(({ start, end }) => {
        const piece = (
          <Piece
            key={start}
            text={text}
            start={start}
            end={end}
            marks={marks.filter((mark) => overlaps(mark, { start, end }))}
            byLabel={byLabel}
            selected={selected}
            differing={differing}
          />
        )
        return part.pieces.length > 1 ? (
          <span key={start} className="piece">
            {piece}
          </span>
        ) : (
          piece
        )
      })}
    </p>
  ))
}

interface PieceProps extends Stretch {
  readonly text: string
  readonly marks: Marks
  readonly byLabel: ReadonlyMap<string, Entry>
  readonly selected: string | null
  readonly differing: ReadonlySet<string> | undefined
}

const LANES = 3

const Piece = memo(function Piece(props: PieceProps) {
  const { text, start, end, marks, byLabel, selected, differing } = props
  const lanes = lanesOf(marks)
  const hueOf = (mark: Mark) => mark.hue ?? byLabel.get(mark.label)?.hue ?? 1
  return segments({ start, end }, marks, lanes).map((segment) => {
    const drawn = segment.marks.reduceRight(
      (inner, mark) => {
        const lane = Math.min(lanes.get(mark.id) ?? 0, LANES)
        const names = ["mark", `hue-${hueOf(mark)}`, `lane-${lane}`, mark.state]
        if (mark.id === selected) names.push("selected")
        if (mark.kin) names.push("kin")
        if (differing?.has(mark.id)) names.push("differs")
        return (
          <span className={names.join(" ")} data-mark={mark.id}>
            {inner}
          </span>
        )
      },
      <Run text={text.slice(segment.start, segment.end)} at={segment.start} />,
    )
    return (
      <span key={segment.start}>
        {drawn}
        {segment.marks.toReversed().map((mark) => {
          if (!mark.fragments.some((one) => one.end === segment.end)) return null
          const name = mark.note ?? byLabel.get(mark.label)?.label.name ?? mark.label
          return (
            <NameTag key={mark.id} id={mark.id} hue={hueOf(mark)} name={tagOf(mark, segment.end, name)} />
          )
        })}
      </span>
    )
  })
}, samePiece)

/** A mark with gaps says its name behind its last fragment, and that it goes on behind the others. */
function tagOf(mark: Mark, end: number, name: string): string {
  if (mark.fragments.length < 2) return name
  return end === mark.end ? `⋯ ${name}` : "⋯"
}

function samePiece(a: PieceProps, b: PieceProps): boolean {
  const touched = ({ marks, selected }: PieceProps) => marks.some(({ id }) => id === selected)
  return (
    a.text === b.text &&
    a.byLabel === b.byLabel &&
    a.differing === b.differing &&
    a.marks.length === b.marks.length &&
    a.marks.every((mark, at) => looksAlike(mark, b.marks[at])) &&
    (a.selected === b.selected || (!touched(a) && !touched(b)))
  )
}

export const looksAlike = (a: Mark, b: Mark | undefined): boolean =>
  a === b ||
  (a.id === b?.id &&
    a.state === b.state &&
    a.note === b.note &&
    a.hue === b.hue &&
    a.kin === b.kin &&
    a.label === b.label)

/** The label's name behind its mark; not read out, because the list of marks says it better. */
function NameTag({ id, hue, name }: { id: string; hue: number; name: string }) {
  return (
    <span className={`name-tag hue-${hue}`} data-mark={id} aria-hidden>
      {name}
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
