import type { ReactNode } from "react"

/** The pages in front of the sign-in: one card, nothing else. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="door" id="main">
      <div className="door-card">
        <img src="/icon.svg" alt="" width="40" height="40" />
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  )
}
