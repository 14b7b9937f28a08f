import { t } from "@/app/i18n"
import { count, moment } from "@/lib/format"
import { nameOf } from "@/parts/evidence"
import { OutcomeStatus } from "@/parts/status"
import type { Gate } from "./types"

type Entry =
  | { at: number; kind: "verdict"; of: Gate["verdicts"][number] }
  | { at: number; kind: "back"; of: Gate["sent_back"][number] }

/** What happened at the gate, newest first: every verdict with its bound and its reasons, every remediation. */
export function History({ gate }: { gate: Gate }) {
  const entries: Entry[] = [
    ...gate.verdicts.map((of) => ({ at: of.decided_at, kind: "verdict" as const, of })),
    ...gate.sent_back.map((of) => ({ at: of.at, kind: "back" as const, of })),
  ].toSorted((a, b) => b.at - a.at)
  return (
    <ol className="gate-history">
      {entries.map((entry) =>
        entry.kind === "back" ? (
          <li key={`back-${entry.at}`}>
            <b>{t("quality.sent_back", { by: entry.of.by, n: count(entry.of.items) })}</b>{" "}
            <span className="dim">{moment(entry.at)}</span>
            <p>“{entry.of.because}”</p>
          </li>
        ) : (
          <li key={entry.of.id}>
            <OutcomeStatus outcome={entry.of.outcome} /> <b>{entry.of.gate}</b>{" "}
            <span className="dim">{t("gate.decided", { owner: entry.of.owner, at: moment(entry.at) })}</span>
            {entry.of.proved && <p className="proved">{entry.of.proved}</p>}
            {entry.of.waiver && (
              <p className="banner warn">
                {t("gate.waived", { by: entry.of.waiver.by, at: moment(entry.of.waiver.at) })} “
                {entry.of.waiver.because}”
              </p>
            )}
            <ul>
              {entry.of.results.map((one) => (
                <li key={JSON.stringify(one.check)}>
                  {nameOf(one.check)}: {one.because}
                </li>
              ))}
              {(entry.of.contract ?? []).map((one) => (
                <li key={`contract ${JSON.stringify(one.check)}`}>
                  {one.outcome === "fail" ? t("quality.failed_batch") : t("quality.not_failed_batch")}{" "}
                  {one.because}
                </li>
              ))}
            </ul>
          </li>
        ),
      )}
    </ol>
  )
}
