import { createContext, type ReactNode, useContext } from "react"

/** True where a desk is only tried out, on a page that has a main part of its own. */
export const Tried = createContext(false)

/** The middle of a desk: the main part of its page. */
export function Canvas({ wide = false, children }: { wide?: boolean; children: ReactNode }) {
  const names = wide ? "canvas wide" : "canvas"
  if (useContext(Tried)) return <div className={names}>{children}</div>
  return (
    <main className={names} id="main" tabIndex={-1}>
      {children}
    </main>
  )
}
