import type { ReactNode } from "react"
import { Sentence } from "./sentence"

interface Props {
  readonly title: string
  readonly because: string
  readonly icon?: ReactNode
  /** The one next action. */
  readonly children?: ReactNode
}

/** A place with nothing in it: what will be here, why it is empty, and the next thing to do. */
export function Empty({ title, because, icon, children }: Props) {
  return (
    <div className="empty">
      {icon && <div className="empty-icon">{icon}</div>}
      <h2>{title}</h2>
      <p>
        <Sentence text={because} />
      </p>
      {children && <div className="empty-next">{children}</div>}
    </div>
  )
}
