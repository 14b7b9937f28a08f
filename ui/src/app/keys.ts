/** How key strokes are written down, read and shown. */

const MAC = typeof navigator !== "undefined" && /Mac|iP(hone|ad)/.test(navigator.platform)

/** "mod+shift+l", "shift+1", "ArrowLeft", "?": digits by their place on the keyboard, letters by what they type. */
export function keyOf(event: KeyboardEvent): string {
  if (["Shift", "Control", "Alt", "Meta", "AltGraph", "Dead", "CapsLock"].includes(event.key)) return ""
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1]
  const name =
    digit ?? (event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key)
  // A sign such as "?" already says that Shift was held on this layout.
  const isSign = name.length === 1 && name === name.toUpperCase() && !/\d/.test(name)
  const mod = MAC ? event.metaKey : event.ctrlKey
  return [
    mod && "mod",
    event.altKey && !event.getModifierState("AltGraph") && "alt",
    event.shiftKey && !isSign && "shift",
    name,
  ]
    .filter(Boolean)
    .join("+")
}

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
