import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"

interface Named {
  readonly id?: string
  readonly kind: string
  readonly name: string
}

/** Who said something, as a way to what is known of them: a person's page, or the versions of a model. */
export function ActorLink({ actor, programme }: { actor: Named; programme: string | undefined }) {
  if (programme && actor.kind === "model") {
    return (
      <Link to="/p/$programme/models" params={{ programme }} hash={`model-${actor.name}`}>
        {actor.name}
      </Link>
    )
  }
  if (programme && actor.kind === "person" && actor.id) {
    return (
      <Link to="/p/$programme/people/$actor" params={{ programme, actor: actor.id }}>
        {actor.name}
      </Link>
    )
  }
  return <>{actor.name}</>
}

/** A version of labels or guidelines, as a way to its words. */
export function VersionLink({ id, children }: { id: string; children: ReactNode }) {
  return (
    <Link to="/v/$version" params={{ version: id }}>
      {children}
    </Link>
  )
}

/** A version of the programme file, as a way to what it changed. */
export function FileLink({
  programme,
  number,
  children,
}: {
  programme: string
  number: number
  children: ReactNode
}) {
  return (
    <Link
      to="/p/$programme"
      params={{ programme }}
      search={{ tab: "file", number: String(number) }}
      hash={`version-${number}`}
    >
      {children}
    </Link>
  )
}
