const LETTER = /\p{L}/u
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u

/** True where the paragraph around a place reads from right to left: its first letter says so, as in `dir="auto"`. */
export function readsLeftwards(text: string, at: number): boolean {
  const start = text.lastIndexOf("\n", at - 1) + 1
  const end = text.indexOf("\n", start)
  const first = LETTER.exec(text.slice(start, end < 0 ? undefined : end))?.[0]
  return first !== undefined && RIGHT_TO_LEFT.test(first)
}
