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
  return JSON.stringify(answer)
}
