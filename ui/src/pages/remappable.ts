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
  { id: "label.filter", title: t("label.filter"), keys: ["/"] },
  { id: "spans.next", title: t("spans.next"), keys: ["j", "ArrowDown"] },
  { id: "spans.previous", title: t("spans.previous"), keys: ["k", "ArrowUp"] },
  { id: "spans.accept_all", title: t("spans.accept_all"), keys: ["shift+a"] },
  { id: "spans.reject_all", title: t("spans.reject_all"), keys: ["shift+x"] },
  { id: "spans.mark", title: t("spans.mark"), keys: ["Enter"] },
  { id: "review.next", title: t("review.next"), keys: ["n"] },
  { id: "review.take", title: t("review.take"), keys: ["t"] },
  { id: "review.reason", title: t("review.reason"), keys: ["m"] },
] as const
