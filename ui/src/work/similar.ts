/**
 * Lexical similarity of the texts on one screen: cosine over character trigrams, each weighed by how few of the texts
 * have it, so that what all of them say (a greeting, a form) makes nobody alike.
 */

export const ALIKE = 0.25

function trigrams(text: string): Set<string> {
  const plain = ` ${text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{P}]+/gu, " ")
    .trim()} `
  const found = new Set<string>()
  for (let at = 0; at + 3 <= plain.length; at += 1) found.add(plain.slice(at, at + 3))
  return found
}

/** The places of the texts that are like the one at `at`, most alike first. */
export function similarTo(texts: readonly string[], at: number): number[] {
  const grams = texts.map(trigrams)
  const having = new Map<string, number>()
  for (const one of grams) for (const gram of one) having.set(gram, (having.get(gram) ?? 0) + 1)
  const weight = (gram: string) => Math.log(texts.length / (having.get(gram) ?? 1))
  const size = (one: ReadonlySet<string>) => Math.sqrt([...one].reduce((sum, gram) => sum + weight(gram), 0))
  const wanted = grams[at] ?? new Set()
  const like = (one: ReadonlySet<string>) => {
    let shared = 0
    for (const gram of wanted) if (one.has(gram)) shared += weight(gram)
    return shared / (size(wanted) * size(one) || 1)
  }
  return grams
    .map((one, place) => ({ place, like: place === at ? 0 : like(one) }))
    .filter((one) => one.like >= ALIKE)
    .sort((a, b) => b.like - a.like)
    .map(({ place }) => place)
}
