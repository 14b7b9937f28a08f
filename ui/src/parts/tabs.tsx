import { Link } from "@tanstack/react-router"

interface Props<T extends string> {
  readonly label: string
  readonly tabs: readonly (readonly [T, string])[]
  readonly at: T
}

/** Parts of a page as links: each has its own address. */
export function Tabs<T extends string>({ label, tabs, at }: Props<T>) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(([key, text]) => (
        <Link
          key={key}
          to="."
          search={key === tabs[0]?.[0] ? {} : { tab: key }}
          aria-current={key === at ? "page" : undefined}
          className={key === at ? "at" : ""}
        >
          {text}
        </Link>
      ))}
    </nav>
  )
}
