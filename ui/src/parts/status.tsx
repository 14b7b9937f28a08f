import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconHelpCircle,
  IconLoader2,
} from "@tabler/icons-react"
import type { Standing } from "@/api/nouns"
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

const TONES: Record<Standing, Tone> = { pass: "ok", fail: "bad", unknown: "warn", waived: "warn" }

/** What a verdict says, or that there is none yet. */
export function OutcomeStatus({ outcome }: { outcome: Standing | null }) {
  if (outcome === null) return <Status tone="dim">{t("outcome.none")}</Status>
  return <Status tone={TONES[outcome]}>{t(`outcome.${outcome}`)}</Status>
}
