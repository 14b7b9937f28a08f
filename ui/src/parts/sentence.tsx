/** A sentence of the server or the catalogue, with what stands between backticks as code. */
export function Sentence({ text }: { text: string }) {
  return text.split("`").map((part, at) => (at % 2 ? <code key={at}>{part}</code> : part))
}
