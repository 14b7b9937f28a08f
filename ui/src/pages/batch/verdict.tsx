import type { Evidence, Verdict } from "@/api/nouns"
import { t } from "@/app/i18n"
import { moment } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { EvidenceCell, nameOf } from "@/parts/evidence"
import { OutcomeStatus } from "@/parts/status"

interface Props {
  readonly verdict: Verdict | undefined
  readonly gate: string | null
  readonly evidence: readonly Evidence[]
  readonly run: () => void
}

/** What the gate made of the evidence: every check, its outcome, its reason, and the numbers behind it. */
export function VerdictCard({ verdict, gate, evidence, run }: Props) {
  if (!gate) return <Empty title={t("gate.none")} because={t("gate.none_because")} />
  if (!verdict) {
    return (
      <Empty title={t("gate.not_yet", { gate })} because={t("gate.not_yet_because")}>
        <button type="button" className="btn primary" onClick={run}>
          {t("gate.run")}
        </button>
      </Empty>
    )
  }
  const byId = new Map(evidence.map((one) => [one.id, one]))
  const { waiver } = verdict
  return (
    <section className={`verdict ${waiver ? "waived" : verdict.outcome}`} aria-label={t("gate.verdict")}>
      <header>
        <h2>
          {t("gate.of", { gate: verdict.gate })} <OutcomeStatus outcome={verdict.outcome} />
        </h2>
        <span className="dim">
          {t("gate.decided", { owner: verdict.owner, at: moment(verdict.decided_at) })}
        </span>
      </header>
      {waiver && (
        <p className="banner warn">
          {t("gate.waived", { by: waiver.by, at: moment(waiver.at) })} “{waiver.because}”
        </p>
      )}
      <ul className="checks">
        {verdict.results.map((result) => (
          <li key={JSON.stringify(result.check)}>
            <OutcomeStatus outcome={result.outcome} />
            <div>
              <b>{nameOf(result.check)}</b>
              <p>{result.because}</p>
            </div>
            <div className="numbers">
              {result.evidence_ids.map((id) => {
                const one = byId.get(id)
                return one ? <EvidenceCell key={id} evidence={one} /> : null
              })}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
