import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconHelpCircle,
  IconLoader2,
} from "@tabler/icons-react"
import type { Outcome } from "@/api/nouns"
import { t } from "@/app/i18n"

export type Tone = "ok" | "warn" | "bad" | "dim" | "accent"

const ICONS = {
  ok: IconCircleCheck,
  warn: IconHelpCircle,
  bad: IconAlertTriangle,
  dim: IconCircleDashed,
  accent: IconLoader2,
}

/** A state: colour, icon and word, never colour alone. */
export function Status({ tone, children }: { tone: Tone; children: string }) {
  const Icon = ICONS[tone]
  return (
    <span className={`status ${tone}`}>
      <Icon size={15} aria-hidden /> {children}
    </span>
  )
}

const TONES: Record<Outcome, Tone> = { pass: "ok", fail: "bad", unknown: "warn" }

export function OutcomeStatus({ outcome, waived = false }: { outcome: Outcome | null; waived?: boolean }) {
  if (outcome === null) return <Status tone="dim">{t("outcome.none")}</Status>
  if (waived) return <Status tone="warn">{t("outcome.waived")}</Status>
  return <Status tone={TONES[outcome]}>{t(`outcome.${outcome}`)}</Status>
}
