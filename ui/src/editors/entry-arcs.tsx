import { type RefObject, useMemo } from "react"
import { Arcs } from "./arcs"
import type { Entry } from "./labels"
import type { Link } from "./links"

interface Props {
  readonly root: RefObject<HTMLElement | null>
  readonly links: readonly Link[]
  readonly entries: readonly Entry[]
  readonly strong: ReadonlySet<string>
}

/** Arcs in the colours and with the names of their labels. */
export function EntryArcs({ root, links, entries, strong }: Props) {
  const byId = useMemo(() => new Map(entries.map((entry) => [entry.label.id, entry])), [entries])
  return (
    <Arcs
      root={root}
      links={links}
      strong={strong}
      hueOf={(label) => byId.get(label)?.hue ?? 1}
      nameOf={(label) => byId.get(label)?.label.name ?? label}
    />
  )
}
