/** How key strokes are written down, read and shown. */

const MAC = typeof navigator !== "undefined" && /Mac|iP(hone|ad)/.test(navigator.platform)

/** The signs of an English keyboard in places where other alphabets have letters; behind each the one with Shift. */
const SIGNS: Record<string, string> = {
  BracketLeft: "[{",
  BracketRight: "]}",
  Slash: "/?",
  Minus: "-_",
  Equal: "=+",
}

/**
 * "mod+shift+l", "shift+1", "ArrowLeft", "?": digits by their place on the keyboard, letters and signs by what they type;
 * where that is of another alphabet, by their place, too.
 */
export function keyOf(event: KeyboardEvent): string {
  if (["Shift", "Control", "Alt", "Meta", "AltGraph", "Dead", "CapsLock"].includes(event.key)) return ""
  const { digit, typed, altGr } = readingOf(event)
  const name = altGr ? typed : (digit ?? typed)
  const mod = !altGr && (MAC ? event.metaKey : event.ctrlKey)
  // A sign such as "?" already says that Shift was held on this layout.
  return [mod && "mod", !altGr && event.altKey && "alt", event.shiftKey && !isSign(name) && "shift", name]
    .filter(Boolean)
    .join("+")
}

/**
 * What a key may mean, the likelier first. Many layouts have signs on their digits: with Shift the sign comes first,
 * for that is how it is typed there; without, the place does.
 */
export function strokesOf(event: KeyboardEvent): readonly string[] {
  const own = keyOf(event)
  const { digit, typed, altGr } = readingOf(event)
  const plain = !altGr && !event.ctrlKey && !event.metaKey && !event.altKey
  if (!own || !digit || !plain || !isSign(typed)) return own ? [own] : []
  return event.shiftKey ? [typed, own] : [own, typed]
}

function readingOf(event: KeyboardEvent) {
  const { key, code } = event
  const typed = key === " " ? "Space" : key.length === 1 ? key.toLowerCase() : key
  return {
    digit: /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1],
    typed: /^[^\p{ASCII}]$/u.test(typed) && /\p{L}/u.test(typed) ? placed(event, typed) : typed,
    /** It types a third sign of a key; Windows reports it as Ctrl and Alt. */
    altGr: event.getModifierState("AltGraph"),
  }
}

/** A letter of another alphabet as what an English keyboard has in its place. */
function placed({ code, shiftKey }: KeyboardEvent, typed: string): string {
  const latin = /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase()
  return latin ?? SIGNS[code]?.[shiftKey ? 1 : 0] ?? typed
}

const isSign = (name: string) => name.length === 1 && name === name.toUpperCase() && !/\d/.test(name)

/** What has the focus, as far as single keys care. */
export function matches(event: KeyboardEvent): { typing: boolean; pressing: boolean; inDialog: boolean } {
  const target = event.target instanceof HTMLElement ? event.target : document.body
  const field = target.closest("input, textarea, select, [contenteditable=true]")
  const type = field instanceof HTMLInputElement ? field.type : "text"
  return {
    typing: field !== null && !["checkbox", "button", "submit", "range"].includes(type),
    pressing: target.closest("button, a[href], summary, [role=tab], [role=option]") !== null,
    inDialog: document.querySelector("[role=dialog]") !== null,
  }
}

const SHOWN: Record<string, string> = {
  mod: MAC ? "⌘" : "Ctrl",
  shift: "⇧",
  alt: MAC ? "⌥" : "Alt",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Enter: "↵",
  Escape: "Esc",
  Backspace: "⌫",
  Delete: "Del",
}

/** One combination for people: "Ctrl+⇧L", "g then p". */
export function pretty(keys: string): string {
  return keys
    .split(" ")
    .map((stroke) => {
      const parts = stroke === "+" ? ["+"] : stroke.split("+")
      const name = parts.pop() ?? ""
      const shown = SHOWN[name] ?? (name.length === 1 ? name.toUpperCase() : name)
      const before = parts.map((part) => SHOWN[part] ?? part)
      return before.length ? `${before.join("+")}${before.at(-1) === "⇧" ? "" : "+"}${shown}` : shown
    })
    .join(" ")
}
