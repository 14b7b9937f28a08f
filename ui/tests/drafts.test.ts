import "fake-indexeddb/auto"
import { expect, test } from "vitest"
import type { Assignment } from "@/api/nouns"
import { editorQuery } from "@/editors"
import type { AnyEditor } from "@/editors/editor"
import { all } from "@/lib/database"
import { type Draft, keepDraft } from "@/work/drafts"

const TEXT = { text: "Ada met Bob." }
const RESPONSES = { prompt: "Why?", responses: [{ text: "So." }, { text: "Thus." }] }
const [ADA, BOB] = [
  { start: 0, end: 3, label: "person" },
  { start: 8, end: 11, label: "person" },
]

/** Of each task: an item, and an answer that uses everything it may say. */
const SAID: Readonly<Record<string, readonly [body: object, answer: object, params?: object]>> = {
  "choice.v1": [TEXT, { labels: ["person"] }],
  "spans.v1": [TEXT, { spans: [ADA] }],
  "relations.v1": [TEXT, { spans: [ADA, BOB], relations: [{ from: 0, to: 1, label: "met" }] }],
  "coreference.v1": [TEXT, { chains: [{ label: "person", mentions: [[0, 3]] }] }],
  "roles.v1": [
    TEXT,
    { predicates: [{ start: 4, end: 7, label: "meet", arguments: [{ start: 0, end: 3, label: "who" }] }] },
  ],
  "aspects.v1": [TEXT, { aspects: [{ ...ADA, polarity: "positive", intensity: 1, irony: false }] }],
  "rating.v1": [{ prompt: "Why?", text: "So." }, { ratings: [{ label: "clear", score: 4, comment: "" }] }],
  "pairwise.v1": [RESPONSES, { preferences: [{ label: "better", prefer: "a", strength: 1 }], why: "" }],
  "ranking.v1": [RESPONSES, { rankings: [{ label: "better", ranks: [1, 2] }], why: "" }],
  "write.v1": [{ prompt: "Why?" }, { label: "summary", text: "So." }],
  "steps.v1": [{ prompt: "1 + 1", steps: ["2"] }, { steps: [{ verdict: "right", label: "", comment: "" }] }],
  "turns.v1": [
    { turns: [{ role: "assistant", text: "Hello." }] },
    { turns: [{ turn: 0, labels: ["helpful"] }], whole: ["helpful"] },
    { whole: true },
  ],
}

/** What a value is made of, without what it says. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length ? shapeOf(value[0]) : ""}]`
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value
  const parts = Object.entries(value).map(([key, part]) => `${key}: ${shapeOf(part)}`)
  return `{${parts.sort().join(", ")}}`
}

/**
 * An editor reads its own state in drafts that an older version of it has written. Whoever changes a shape here raises
 * the editor's `shape`, too: drafts of the old one then begin from their answer.
 */
const SHAPES: Readonly<Record<string, readonly [number, string]>> = {
  "aspects.v1": [
    1,
    "[{end: number, fragments: [{end: number, start: number}], id: string, intensity: number, irony: boolean, label: string, polarity: string, start: number, state: string}]",
  ],
  "choice.v1": [1, "{labels: [string], suggested: boolean}"],
  "coreference.v1": [
    1,
    "[{chain: string, end: number, fragments: [{end: number, start: number}], id: string, label: string, start: number, state: string}]",
  ],
  "pairwise.v1": [1, "{said: {better: {prefer: string, strength: number}}, why: string}"],
  "ranking.v1": [1, "{said: {better: [number]}, why: string}"],
  "rating.v1": [1, "{ratings: {clear: {comment: string, score: number}}, suggested: boolean}"],
  "relations.v1": [
    1,
    "{links: [{from: string, id: string, label: string, state: string, to: string}], marks: [{end: number, fragments: [{end: number, start: number}], id: string, label: string, start: number, state: string}]}",
  ],
  "roles.v1": [
    1,
    "{links: [{from: string, id: string, label: string, state: string, to: string}], marks: [{end: number, fragments: [{end: number, start: number}], id: string, label: string, start: number, state: string}]}",
  ],
  "spans.v1": [
    1,
    "[{end: number, fragments: [{end: number, start: number}], id: string, label: string, start: number, state: string}]",
  ],
  "steps.v1": [1, "{steps: [{comment: string, label: string, verdict: string}], suggested: boolean}"],
  "turns.v1": [1, "{said: [[string]], suggested: boolean}"],
  "write.v1": [1, "{label: string, text: string}"],
}

test.each(Object.keys(SAID))("what %s keeps in a draft has the shape that its number says", async (task) => {
  const [body, answer, params = {}] = SAID[task] ?? [{}, {}]
  const editor = (await editorQuery(task).queryFn?.({} as never)) as AnyEditor
  const work = { body, task: { name: task, params }, queue: "verify", suggestion: { id: "jdg_1", answer } }
  const doc = editor.begin(work as unknown as Assignment, answer, [])
  expect([editor.shape, shapeOf(JSON.parse(JSON.stringify(doc)))]).toEqual(SHAPES[task])
})

test("what was typed last is kept when the page goes, and not a third of a second later", async () => {
  keepDraft({ work_id: "wrk_1", answer: { labels: ["a"] }, saying: {}, at: Date.now() })
  dispatchEvent(new Event("pagehide"))
  expect((await all<Draft>("drafts")).map(({ work_id }) => work_id)).toEqual(["wrk_1"])
})
