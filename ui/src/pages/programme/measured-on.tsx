import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import type { Evidence } from "@/api/nouns"
import { t } from "@/app/i18n"
import { percent } from "@/lib/format"
import { EvidenceCell } from "@/parts/evidence"

/** A measured value against its floor; it leads to the batch it was measured on. */
export function MeasuredOn({ evidence, floor = null }: { evidence: Evidence | null; floor?: number | null }) {
  return (
    <span>
      {evidence ? (
        <BatchLink evidence={evidence}>
          <EvidenceCell evidence={evidence} />
        </BatchLink>
      ) : (
        <EvidenceCell evidence={null} />
      )}
      {floor !== null && <small className="dim">{t("overview.floor", { floor: percent(floor) })}</small>}
    </span>
  )
}

export function BatchLink({ evidence, children }: { evidence: Evidence; children: ReactNode }) {
  return (
    <Link to="/b/$batch" params={{ batch: evidence.about }} className="plain-link">
      {children}
    </Link>
  )
}
