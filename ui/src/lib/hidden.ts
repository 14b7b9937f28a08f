/**
 * Characters that hide: controls, zero-width marks, tags, and those that turn the writing direction.
 *
 * Attack prompts and scraped pages carry payloads in them, so they are shown as named marks, never obeyed.
 */
const HIDDEN = /[\p{Cc}\p{Cf}]/gu

const NAMES: Record<number, string> = {
  173: "SHY",
  8203: "ZWSP",
  8204: "ZWNJ",
  8205: "ZWJ",
  8206: "LRM",
  8207: "RLM",
  8234: "LRE",
  8235: "RLE",
  8236: "PDF",
  8237: "LRO",
  8238: "RLO",
  8288: "WJ",
  8294: "LRI",
  8295: "RLI",
  8296: "FSI",
  8297: "PDI",
  65279: "BOM",
}

export interface Piece {
  readonly text: string
  readonly at: number
  /** Name of the hidden character, where this piece is one. */
  readonly hidden: string | null
}

const WHITE_SPACE = new Set(["\t", "\n", "\r"])
/** Signs of an emoji with their skin, Arabic letters, and those of India from Devanagari to Sinhala. */
const JOINABLE = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{M}|\p{Script=Arabic}|[\u0900-\u0dff]/u
const FLAG = "\u{1f3f4}"
const isTag = (code: number) => code >= 0xe0020 && code <= 0xe007f

/** Joins inside an emoji and between Arabic or Indic letters are part of the writing, as are the tags of a flag. */
function isWriting(text: string, at: number, code: number): boolean {
  if (WHITE_SPACE.has(text.charAt(at))) return true
  if (isTag(code)) {
    let before = at
    while (isTag(text.codePointAt(before - 2) ?? 0)) before -= 2
    return text.startsWith(FLAG, before - 2)
  }
  if (code !== 0x200c && code !== 0x200d) return false
  return JOINABLE.test(text.slice(Math.max(0, at - 2), at)) && JOINABLE.test(text.slice(at + 1, at + 3))
}

function nameOf(code: number): string {
  if (isTag(code)) return `TAG ${String.fromCharCode(code - 0xe0000)}`
  return NAMES[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`
}

/** A word of 20,000 letters takes the browser seconds to lay out; in pieces it takes no time. */
const UNBROKEN = /\S{257,}/
const PIECE = 256
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })

/** Cuts a text that has no place to breathe, never inside what people see as one character. */
function breathing(text: string, start: number): Piece[] {
  if (!UNBROKEN.test(text)) return [{ text, at: start, hidden: null }]
  const found: Piece[] = []
  const seen = graphemes.segment(text)
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + PIECE)
    const held = seen.containing(to)
    if (held && held.index < to) to = held.index + held.segment.length
    found.push({ text: text.slice(from, to), at: start + from, hidden: null })
    from = to
  }
  return found
}

/** The text from `start`, cut at every hidden character. Offsets of the pieces are those of the text. */
export function pieces(text: string, start = 0): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(HIDDEN)) {
    const [sign] = match
    const code = sign.codePointAt(0) ?? 0
    if (isWriting(text, match.index, code)) continue
    if (match.index > from) found.push(...breathing(text.slice(from, match.index), start + from))
    found.push({ text: sign, at: start + match.index, hidden: nameOf(code) })
    from = match.index + sign.length
  }
  if (from < text.length) found.push(...breathing(text.slice(from), start + from))
  return found
}
