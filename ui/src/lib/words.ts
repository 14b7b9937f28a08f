/** Where words are: what the word cursor steps over, and what a rough mouse selection snaps to. */

export interface Stretch {
  readonly start: number
  readonly end: number
}

const SYMBOL = /[\p{S}\p{Extended_Pictographic}]/u

/** Words and symbols in order, in UTF-16 units; works for scripts without spaces. */
export function words(text: string): Stretch[] {
  const found: Stretch[] = []
  for (const part of new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)) {
    if (part.isWordLike || SYMBOL.test(part.segment)) {
      found.push({ start: part.index, end: part.index + part.segment.length })
    }
  }
  return found
}

/** The whole words that a stretch touches; a stretch that touches none is only trimmed of white space. */
export function snapToWords(text: string, list: readonly Stretch[], stretch: Stretch): Stretch {
  const first = list.find((word) => word.end > stretch.start)
  const last = list.findLast((word) => word.start < stretch.end)
  if (!first || !last || first.start >= stretch.end || last.end <= stretch.start) return trim(text, stretch)
  return {
    start: Math.min(first.start, trim(text, stretch).start),
    end: Math.max(last.end, trim(text, stretch).end),
  }
}

function trim(text: string, { start, end }: Stretch): Stretch {
  let from = start
  let to = end
  while (from < to && /\s/.test(text.charAt(from))) from++
  while (to > from && /\s/.test(text.charAt(to - 1))) to--
  return { start: from, end: to }
}
