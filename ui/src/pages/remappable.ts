import { t } from "@/app/i18n"

/** Commands of the workbench, so that their keys can be changed from outside it. */
export const REMAPPABLE = [
  { id: "work.accept", title: t("work.accept"), keys: ["a"] },
  { id: "work.reject", title: t("work.reject"), keys: ["x"] },
  { id: "work.submit", title: t("work.submit"), keys: ["mod+Enter"] },
  { id: "work.skip", title: t("work.skip"), keys: ["s"] },
  { id: "work.escalate", title: t("work.escalate"), keys: ["e"] },
  { id: "work.comment", title: t("work.comment"), keys: ["c"] },
  { id: "work.undo", title: t("work.undo"), keys: ["z", "mod+z"] },
  { id: "work.redo", title: t("work.redo"), keys: ["mod+shift+z"] },
  { id: "work.guideline", title: t("work.guideline"), keys: ["g"] },
  { id: "work.flag", title: t("desk.flag"), keys: ["f"] },
  { id: "work.answers", title: t("me.read_answers"), keys: ["shift+e"] },
  { id: "guideline.open", title: t("desk.rule_open"), keys: ["o"] },
  { id: "work.many", title: t("bulk.many"), keys: ["m"] },
  { id: "bulk.few", title: t("bulk.few"), keys: ["m"] },
  { id: "bulk.flip", title: t("bulk.flip"), keys: ["x", "Space"] },
  { id: "bulk.like", title: t("bulk.like"), keys: ["l"] },
  { id: "bulk.like_reject", title: t("bulk.like_reject"), keys: ["shift+x"] },
  { id: "bulk.all", title: t("bulk.all", { count: 20 }), keys: ["mod+Enter"] },
  { id: "review.words", title: t("ruling.words"), keys: ["w"] },
  { id: "label.filter", title: t("label.filter"), keys: ["/"] },
  { id: "spans.next", title: t("spans.next"), keys: ["j", "ArrowDown"] },
  { id: "spans.previous", title: t("spans.previous"), keys: ["k", "ArrowUp"] },
  { id: "spans.accept_all", title: t("spans.accept_all"), keys: ["shift+a"] },
  { id: "spans.reject_all", title: t("spans.reject_all"), keys: ["shift+x"] },
  { id: "spans.mark", title: t("spans.mark"), keys: ["Enter"] },
  { id: "spans.everywhere", title: t("spans.everywhere"), keys: ["d"] },
  { id: "spans.delete", title: t("spans.delete"), keys: ["Delete", "Backspace"] },
  { id: "spans.join", title: t("spans.join"), keys: ["+", "="] },
  { id: "spans.cut", title: t("spans.cut"), keys: ["-"] },
  { id: "spans.start_back", title: t("spans.start_back"), keys: ["{"] },
  { id: "spans.start_on", title: t("spans.start_on"), keys: ["}"] },
  { id: "spans.end_back", title: t("spans.end_back"), keys: ["["] },
  { id: "spans.end_on", title: t("spans.end_on"), keys: ["]"] },
  { id: "text.left", title: t("text.left"), keys: ["ArrowLeft"] },
  { id: "text.right", title: t("text.right"), keys: ["ArrowRight"] },
  { id: "text.shrink", title: t("text.shrink"), keys: ["shift+ArrowLeft"] },
  { id: "text.extend", title: t("text.extend"), keys: ["shift+ArrowRight"] },
  { id: "label.walk", title: t("label.walk"), keys: ["l"] },
  { id: "links.begin", title: t("links.begin"), keys: ["r"] },
  { id: "links.next", title: t("links.next"), keys: ["shift+j"] },
  { id: "links.previous", title: t("links.previous"), keys: ["shift+k"] },
  { id: "links.turn", title: t("links.turn"), keys: ["shift+r"] },
  { id: "chains.begin", title: t("chains.begin"), keys: ["r"] },
  { id: "chains.split", title: t("chains.split"), keys: ["shift+r"] },
  { id: "roles.begin", title: t("roles.begin"), keys: ["r"] },
  { id: "aspects.polarity", title: t("aspects.next_polarity"), keys: ["p"] },
  { id: "aspects.intensity", title: t("aspects.next_intensity"), keys: ["i"] },
  { id: "aspects.irony", title: t("aspects.turn_irony"), keys: ["y"] },
  { id: "steps.right", title: t("steps.right"), keys: ["r"] },
  { id: "steps.wrong", title: t("steps.wrong"), keys: ["b"] },
  { id: "steps.unclear", title: t("steps.unclear"), keys: ["u"] },
  { id: "afterwards.close", title: t("after.close"), keys: ["Escape"] },
  { id: "reveal.take", title: t("reveal.take"), keys: ["shift+t"] },
  { id: "review.next", title: t("review.next"), keys: ["n"] },
  { id: "review.take", title: t("review.take"), keys: ["t"] },
  { id: "review.reason", title: t("review.reason"), keys: ["m"] },
] as const

/** What only one kind of desk has, and what only those with marks in a text have. */
const OWN = new Set(["bulk", "links", "chains", "roles", "aspects", "steps"])
const MARKS = new Set(["spans", "text", "label"])

/** True where two commands are listened to on one screen, so that they cannot have one key. */
export function meet(one: string, other: string): boolean {
  const [a = "", b = ""] = [one, other].map((id) => id.split(".")[0])
  if (a === b) return true
  if (OWN.has(a) === OWN.has(b)) return !OWN.has(a)
  const [own, shared] = OWN.has(a) ? [a, b] : [b, a]
  return own !== "bulk" && !(own === "steps" && MARKS.has(shared))
}
