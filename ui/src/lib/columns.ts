/** The names of a file's columns as far as its first bytes tell, so that a person can say what each is. */

const HEAD = 65_536
const DELIMITERS = [",", "\t", ";", "|"]

/** One line of a table taken apart; quotes enclose what holds the delimiter. */
function cells(line: string, delimiter: string): string[] {
  const out: string[] = []
  let cell = ""
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] ?? ""
    if (letter === '"' && quoted && line[at + 1] === '"') {
      cell += '"'
      at++
    } else if (letter === '"') quoted = !quoted
    else if (letter === delimiter && !quoted) {
      out.push(cell)
      cell = ""
    } else cell += letter
  }
  return [...out, cell]
}

/** The columns that a kind's file begins with; none where only the server can read it. */
export function columnsIn(head: string, kind: string): string[] {
  const [first = ""] = head.replace(/^\ufeff/, "").split(/\r?\n/, 1)
  if (kind.startsWith("csv.")) {
    const best = DELIMITERS.map((one) => cells(first, one)).toSorted((a, b) => b.length - a.length)[0] ?? []
    return best.filter(Boolean)
  }
  if (!kind.startsWith("jsonl.")) return []
  try {
    const row: unknown = JSON.parse(first)
    return typeof row === "object" && row !== null && !Array.isArray(row) ? Object.keys(row) : []
  } catch {
    return []
  }
}

export const columnsOf = async (file: Blob, kind: string): Promise<string[]> =>
  columnsIn(await file.slice(0, HEAD).text(), kind)
