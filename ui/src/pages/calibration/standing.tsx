import { t } from "@/app/i18n"
import { Status, type Tone } from "@/parts/status"
import type { State } from "./types"

const TONES: Record<State, Tone> = { exam: "accent", passed: "ok", paused: "bad", undecided: "warn" }

/** How somebody stands to their exam, in a word. */
export function StandingStatus({ state }: { state: State }) {
  return <Status tone={TONES[state]}>{t(`calibration.state_of.${state}`)}</Status>
}
