import type { Command } from "@/app/commands"
import { t } from "@/app/i18n"
import { acceptLink, type Link, type Linked } from "./links"
import { neighbour } from "./marks"

interface Given {
  readonly doc: Linked
  readonly current: Link | null
  readonly pick: (id: string | null) => void
  readonly change: (next: Linked) => void
  readonly remove: (id: string) => void
  readonly turn: ((id: string) => void) | null
}

/** Stepping through links, and what can be done with the chosen one: the same keys as for marks. */
export function linkCommands({ doc, current, pick, change, remove, turn }: Given): Command[] {
  const step = (by: 1 | -1) => () => pick(neighbour(doc.links, current?.id ?? null, by)?.id ?? null)
  const text = (
    id: string,
    title: string,
    keys: string[],
    run: () => void,
    when: () => boolean,
  ): Command => ({
    id,
    title,
    keys,
    scope: "text",
    run,
    when,
  })
  const any = () => doc.links.length > 0
  const one = () => current !== null
  return [
    text("links.next", t("links.next"), ["shift+j"], step(1), any),
    text("links.previous", t("links.previous"), ["shift+k"], step(-1), any),
    text("links.accept", t("links.accept"), ["a"], () => current && change(acceptLink(doc, current.id)), one),
    text(
      "links.remove",
      t("links.remove"),
      ["x", "Delete", "Backspace"],
      () => current && remove(current.id),
      one,
    ),
    ...(turn
      ? [text("links.turn", t("links.turn"), ["shift+r"], () => current && turn(current.id), one)]
      : []),
  ]
}
