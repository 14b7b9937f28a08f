import { t } from "@/app/i18n"
import type { Entry } from "@/editors/labels"

/** An answer in a few words, where there is no room to draw it. */
export function describe(answer: unknown, entries: readonly Entry[] = []): string {
  if (answer === null || answer === undefined) return "–"
  const nameOf = (id: string) => entries.find(({ label }) => label.id === id)?.label.name ?? id
  const { labels } = answer as { labels?: string[] }
  if (labels) return labels.map(nameOf).join(", ") || t("choice.none_holds")
  const known = described(answer as Forms, nameOf)
  if (known !== null) return known
  const parts = labelled(answer)
  if (!parts) return JSON.stringify(answer)
  const counted = Map.groupBy(parts, (label) => label)
  return [...counted].map(([id, list]) => `${list.length} ${nameOf(id)}`).join(", ") || t("spans.none")
}

/** The labels of an answer that is lists of labelled parts; undefined where it is something else. */
function labelled(answer: object): string[] | undefined {
  const lists = Object.values(answer)
  if (lists.length === 0 || !lists.every(Array.isArray)) return undefined
  const labels = lists.flat().map((part: { label?: unknown } | null) => part?.label)
  return labels.every((label) => typeof label === "string") ? labels : undefined
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
