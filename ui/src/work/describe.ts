import { t } from "@/app/i18n"
import type { Entry } from "@/editors/labels"

/** An answer in a few words, where there is no room to draw it. */
export function describe(answer: unknown, entries: readonly Entry[] = []): string {
  if (answer === null || answer === undefined) return "–"
  const nameOf = (id: string) => entries.find(({ label }) => label.id === id)?.label.name ?? id
  const { labels, spans } = answer as { labels?: string[]; spans?: { label: string }[] }
  if (labels) return labels.map(nameOf).join(", ") || t("choice.none_holds")
  if (spans) {
    const counted = Map.groupBy(spans, ({ label }) => label)
    return [...counted].map(([id, list]) => `${list.length} ${nameOf(id)}`).join(", ") || t("spans.none")
  }
  return described(answer as Forms, nameOf) ?? JSON.stringify(answer)
}

interface Forms {
  readonly ratings?: { label: string; score: number }[]
  readonly preferences?: { label: string; prefer: string }[]
  readonly rankings?: { label: string; ranks: number[] }[]
  readonly steps?: { verdict: string }[]
  readonly turns?: { labels?: string[]; score?: number }[]
  readonly text?: string
}

/** Forms in a few words, without the letters of a screen that is no longer there. */
function described(answer: Forms, nameOf: (id: string) => string): string | null {
  const { ratings, preferences, rankings, steps, turns, text } = answer
  if (ratings) return ratings.map(({ label, score }) => `${nameOf(label)} ${score}`).join(", ")
  if (preferences) {
    const word = (prefer: string) =>
      t(prefer === "tie" ? "pairwise.tie" : prefer === "neither" ? "pairwise.neither" : "forms.preferred")
    return preferences.map(({ label, prefer }) => `${nameOf(label)}: ${word(prefer)}`).join(", ")
  }
  if (rankings) return rankings.map(({ label }) => `${nameOf(label)}: ${t("forms.ranked")}`).join(", ")
  if (steps) {
    const wrong = steps.findIndex(({ verdict }) => verdict === "wrong")
    return wrong < 0 ? t("steps.none_wrong") : t("steps.first_wrong_is", { number: wrong + 1 })
  }
  if (turns) return turns.map(({ labels, score }) => labels?.map(nameOf).join("+") ?? score).join(", ")
  return typeof text === "string" ? text : null
}
