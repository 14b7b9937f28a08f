import { useState } from "react"
import { tell } from "@/parts/notice"
import { type Command, keysOf, remaps, takenBy } from "./commands"
import { t } from "./i18n"
import { keyOf, pretty } from "./keys"

export type Named = Pick<Command, "id" | "title" | "keys">

interface Props {
  readonly command: Named
  /** What is listened to at the same time: two of them cannot have one key. */
  readonly among: readonly Named[]
}

/** The keys of a command as a button: press it, then the new key. Esc leaves it as it was. */
export function ChangeKey({ command, among }: Props) {
  const [listening, setListening] = useState(false)
  const keys = keysOf(command)
  const take = (key: string) => {
    const other = takenBy(command.id, key, among)
    if (other) return tell(t("keys.taken", { key: pretty(key), title: other.title }))
    remaps.set((now) => ({ ...now, [command.id]: [key] }))
  }
  const listen = (event: React.KeyboardEvent) => {
    if (!listening || event.key === "Tab") return
    event.preventDefault()
    event.stopPropagation()
    const key = keyOf(event.nativeEvent)
    if (!key) return
    if (key !== "Escape") take(key)
    setListening(false)
  }
  return (
    <button
      type="button"
      className="keys-of"
      title={t("keys.change_of", { title: command.title })}
      onClick={() => setListening(true)}
      onKeyDownCapture={listen}
      data-mantine-stop-propagation={listening}
      onBlur={() => setListening(false)}
    >
      <span className="sr-only">{t("keys.change_of", { title: command.title })}</span>{" "}
      {listening ? (
        <span className="dim">{t("keys.press")}</span>
      ) : keys.length > 0 ? (
        keys.map((key) => <kbd key={key}>{pretty(key)}</kbd>)
      ) : (
        <span className="dim">–</span>
      )}
    </button>
  )
}
