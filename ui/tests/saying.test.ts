import { expect, test } from "vitest"
import type { Assignment } from "@/api/nouns"
import { beginSaying, sayingOf } from "@/work/saying"

const work = (more: Partial<Assignment> = {}) => ({ questions: [], ...more }) as unknown as Assignment

test("what went with a statement that is taken back is there to be said again", () => {
  expect(sayingOf({ stance: "escalate", comment: "Whose?" })).toMatchObject({ question: "Whose?" })
  expect(sayingOf({ stance: "accept", comment: "Odd.", note: { flag: true } })).toMatchObject({
    comment: "Odd.",
    flag: true,
  })
  const note = { clause: "7", amends: "Say no.", precedent: true }
  expect(sayingOf({ stance: "adjudicate", comment: "Why.", reason: "wrong", note })).toMatchObject({
    reason: "wrong",
    ruling: { words: "Why.", clause: "7", amends: "Say no.", precedent: true },
  })
})

test("a draft says more than what was taken back, and a half draft leaves nothing undefined", () => {
  const mine = { stance: "answer", comment: "before" } as const
  expect(beginSaying(work({ mine }), undefined).comment).toBe("before")
  expect(beginSaying(work({ mine }), { comment: "since" }).comment).toBe("since")
  const begun = beginSaying(work(), {})
  expect(Object.values(begun).every((one) => one !== undefined)).toBe(true)
})
