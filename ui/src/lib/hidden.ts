/**
 * Characters that hide: controls, zero-width marks and those that turn the writing direction.
 *
 * Attack prompts and scraped pages carry payloads in them, so they are shown as named marks, never obeyed.
 */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u

const NAMES: Record<number, string> = {
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

/** Joins inside an emoji and between Arabic or Indic letters are part of the writing, not a disguise. */
function isWriting(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code !== 0x200c && code !== 0x200d) return false
  const before = text.slice(Math.max(0, at - 2), at)
  const after = text.slice(at + 1, at + 3)
  const joined = /[\p{Extended_Pictographic}\p{M}\p{Script=Arabic}\p{Script=Devanagari}\ufe0f]/u
  return joined.test(before) && joined.test(after)
}

/** The text from `start`, cut at every hidden character. Offsets of the pieces are those of the text. */
export function pieces(text: string, start = 0): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (!HIDDEN.test(text.charAt(at)) || isWriting(text, at)) continue
    if (at > from) found.push({ text: text.slice(from, at), at: start + from, hidden: null })
    const code = text.charCodeAt(at)
    const hidden = NAMES[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`
    found.push({ text: text.charAt(at), at: start + at, hidden })
    from = at + 1
  }
  if (from < text.length) found.push({ text: text.slice(from), at: start + from, hidden: null })
  return found
}
