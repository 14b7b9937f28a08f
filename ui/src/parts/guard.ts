const WIDTH = 340
const HEIGHT = 190
/** Keys that save or print a page. */
const TAKING = new Set(["s", "p"])

/** Keeps what is on the page from the clipboard and the disk; what one types oneself may be copied. */
export function guard(tell: () => void): () => void {
  const own = (target: EventTarget | null) =>
    target instanceof HTMLElement && target.closest("input, textarea") !== null
  const refuse = (event: Event) => {
    if (own(event.target)) return
    event.preventDefault()
    if (event.type === "copy") tell()
  }
  const refuseKeys = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || !TAKING.has(event.key.toLowerCase())) return
    event.preventDefault()
    event.stopPropagation()
    tell()
  }
  const kinds = ["copy", "cut", "dragstart", "contextmenu"]
  for (const kind of kinds) document.addEventListener(kind, refuse, true)
  addEventListener("keydown", refuseKeys, true)
  return () => {
    for (const kind of kinds) document.removeEventListener(kind, refuse, true)
    removeEventListener("keydown", refuseKeys, true)
  }
}

/** The time in UTC, so that a photograph says the same wherever it was taken. */
export const moment = (at: Date) => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`

/** Two lines on a slant; as a mask it takes the text's colour in either theme. */
export function tile(mark: string, when: string): string {
  const line = (text: string, y: number) => `<text x="20" y="${y}">${text}</text>`
  const drawn =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">` +
    `<g transform="rotate(-18 ${WIDTH / 2} ${HEIGHT / 2})" font-family="monospace" font-size="19" font-weight="600">` +
    `${line(mark, HEIGHT / 2 - 4)}${line(when, HEIGHT / 2 + 24)}</g></svg>`
  return `data:image/svg+xml,${encodeURIComponent(drawn)}`
}
