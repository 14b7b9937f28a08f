import type { ReactNode } from "react"
import { SaveChip } from "@/work/save-chip"

interface Props {
  readonly crumbs: ReactNode
  readonly children?: ReactNode
}

/** The bar on top of every page: where one is, what the page says for itself, and whether all is saved. */
export function TopBar({ crumbs, children }: Props) {
  return (
    <header className="top">
      <div className="crumbs">{crumbs}</div>
      {children ?? <span className="grow" />}
      <SaveChip />
    </header>
  )
}
