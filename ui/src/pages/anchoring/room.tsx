import "@/styles/anchoring.css"
import { Link, useParams } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count } from "@/lib/format"
import type { Scope } from "./types"

const ROOMS = [
  ["anchoring", "/p/$programme/anchoring"],
  ["accuracy", "/p/$programme/accuracy"],
  ["economics", "/p/$programme/economics"],
  ["human-only", "/p/$programme/human-only"],
] as const
export type Room = (typeof ROOMS)[number][0]

interface Props {
  readonly room: Room
  readonly children: ReactNode
  readonly actions?: ReactNode
}

/** One of the three pages on people and models together, with the way to the others. */
export function HumanAndModel({ room, children, actions }: Props) {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    { text: name, to: `/p/${name}` },
    { text: t(`anchoring.room.${room}`) },
  ]
  return (
    <Page crumbs={crumbs} {...(actions ? { actions } : {})}>
      <h1>
        {t(`anchoring.room.${room}`)}
        <small className="dim">{t(`anchoring.about.${room}`)}</small>
      </h1>
      <nav className="row together" aria-label={t("anchoring.rooms")}>
        {ROOMS.map(([one, to]) => (
          <Link
            key={one}
            to={to}
            params={{ programme: name }}
            {...(one === room ? { "aria-current": "page" as const } : {})}
          >
            {t(`anchoring.room.${one}`)}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  )
}

/** Which batches the numbers of a page were read off. */
export function ScopeLine({ scope }: { scope: Scope }) {
  const words = { batches: count(scope.batches), of: count(scope.of), items: count(scope.items) }
  return (
    <p className="dim small">
      {scope.batches < scope.of
        ? t("anchoring.scope_some", words)
        : t("anchoring.scope_all", { ...words, count: scope.batches })}
    </p>
  )
}
