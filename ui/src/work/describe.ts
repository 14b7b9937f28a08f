import { t } from "@/app/i18n"
import type { Entry } from "@/editors/labels"

/** An answer in a few words, where there is no room to draw it. */
export function describe(answer: unknown, entries: readonly Entry[] = []): string {
  if (answer === null || answer === undefined) return "–"
  const nameOf = (id: string) => entries.find(({ label }) => label.id === id)?.label.name ?? id
  const { labels } = answer as { labels?: string[] }
  if (labels) return labels.map(nameOf).join(", ") || t("choice.none_holds")
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
