import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import type { Progress } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, percent } from "@/lib/format"

interface Props {
  readonly progress: Progress
  /** The batch that it is of; left out where the page itself lists the items. */
  readonly batch?: string
}

/** How much is decided, disputed and still open, as a bar and in words; each number leads to its items. */
export function ProgressLine({ progress, batch }: Props) {
  const { items, decided, disputed, open } = progress
  const share = (part: number) => (items > 0 ? (100 * part) / items : 0)
  return (
    <div className="progress-line">
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="6" className="rest" />
        <rect width={share(decided)} height="6" className="decided" />
        <rect x={share(decided)} width={share(disputed)} height="6" className="disputed" />
      </svg>
      <p className="num">
        <b>{items > 0 ? percent(decided / items) : "–"}</b>{" "}
        <Behind batch={batch} state="decided">
          {t("progress.decided", { decided: count(decided), items: count(items) })}
        </Behind>
        <span className="dim">
          {" · "}
          <Behind batch={batch} state="open">
            {t("progress.open", { count: open })}
          </Behind>
          {" · "}
          <Behind batch={batch} state="disputed">
            {t("progress.disputed", { count: disputed })}
          </Behind>
        </span>
      </p>
    </div>
  )
}

interface BehindProps {
  readonly batch: string | undefined
  readonly state: "decided" | "open" | "disputed"
  readonly children: ReactNode
}

function Behind({ batch, state, children }: BehindProps) {
  const search = { tab: "items", state }
  return batch ? (
    <Link className="number-link" to="/b/$batch" params={{ batch }} search={search}>
      {children}
    </Link>
  ) : (
    <Link className="number-link" to="." search={search}>
      {children}
    </Link>
  )
}
