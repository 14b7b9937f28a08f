import { Link } from "@tanstack/react-router"
import { Fragment, type ReactNode, useEffect } from "react"
import { TopBar } from "./top-bar"

export interface Crumb {
  readonly text: string
  readonly to?: string
}

interface Props {
  readonly crumbs: readonly Crumb[]
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A page for deciding: crumbs on top, one column of cards below. */
export function Page({ crumbs, actions, children }: Props) {
  const title = crumbs.at(-1)?.text ?? "goldloop"
  useEffect(() => {
    document.title = `${title} · goldloop`
  }, [title])
  return (
    <div className="frame">
      <TopBar
        crumbs={crumbs.map(({ text, to }, at) => (
          <Fragment key={text}>
            {at > 0 && <span aria-hidden> / </span>}
            {to ? <Link to={to}>{text}</Link> : <b>{text}</b>}
          </Fragment>
        ))}
      >
        <span className="grow" />
        {actions}
      </TopBar>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a page with nothing to press must scroll by keys too */}
      <main className="page" id="main" tabIndex={0}>
        <div className="page-inner">{children}</div>
      </main>
    </div>
  )
}
