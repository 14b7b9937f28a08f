import { type ComponentType, lazy } from "react"

/** A part of a page that is fetched when it is first needed. Where it cannot be, it is nothing, and the page stays. */
export const part = <P extends object>(load: () => Promise<{ default: ComponentType<P> }>) =>
  lazy(() => load().catch(() => ({ default: (() => null) as ComponentType<P> })))
