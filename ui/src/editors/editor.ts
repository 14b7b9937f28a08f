import type { ComponentType, ReactNode } from "react"
import type { Assignment } from "@/api/nouns"
import type { Entry } from "./labels"

/** What an editor is given: the work, the answer being made, and the two things it may do. */
export interface EditorProps<D> {
  readonly work: Assignment
  readonly doc: D
  readonly entries: readonly Entry[]
  /** Replaces the answer; one step of undo. */
  readonly change: (next: D) => void
  /** The label whose guideline is to be shown. */
  readonly onActive: (label: string | null) => void
  /** A sentence for the status line, read out and shown for a moment. */
  readonly tell: (sentence: string) => void
  readonly submit: () => void
  /** Says yes, or no, to the suggestion as a whole; absent where there is nothing of the kind to say. */
  readonly verdict: { readonly accept: () => void; readonly reject: () => void } | null
  /** Shown above the text: what only review has. */
  readonly above: ReactNode
  /** The rest of the right panel, which is the same for every task. */
  readonly children: ReactNode
}

export type Body = Readonly<Record<string, unknown>>

export interface AnswerProps {
  readonly body: Body
  readonly answer: unknown
  /** Answers that this one is compared with; what they do not share is marked. */
  readonly against: readonly unknown[]
  readonly entries: readonly Entry[]
  /** The task's parameters, where the answer cannot be read without them. */
  readonly params?: Readonly<Record<string, unknown>>
  /** The order in which the reader sees the item's parts, and the one in which the author saw them. */
  readonly order?: readonly number[]
  readonly seen?: readonly number[]
}

/** How a task kind is worked on. `D` is the answer while it is being made. */
export interface Editor<D> {
  /** Which shape `D` has. A draft outlives a new version of the interface: a changed shape is a new number. */
  readonly shape: number
  /** Where the work begins; `answer` is a draft or the person's own earlier answer, undefined without one. */
  readonly begin: (work: Assignment, answer: unknown, entries: readonly Entry[]) => D
  /** Another's answer as a start of one's own. */
  readonly adopt: (work: Assignment, answer: unknown) => D
  readonly answerOf: (work: Assignment, doc: D) => unknown
  /** Why this cannot be submitted yet; null where it can. */
  readonly lacking: (work: Assignment, doc: D, entries: readonly Entry[]) => string | null
  /** How many suggestions nobody has looked at yet. */
  readonly unchecked: (doc: D) => number
  readonly same: (a: unknown, b: unknown) => boolean
  /** Enter submits, too: where Enter has nothing else to do. */
  readonly enterSubmits: (work: Assignment) => boolean
  readonly View: ComponentType<EditorProps<D>>
  /** An answer to read, not to change. */
  readonly Answer: ComponentType<AnswerProps>
}

/** An editor whose own answer type nobody outside it needs to know. */
export type AnyEditor = Editor<unknown>

/** What stands for an item where there is room for one text: its text, or what it asks. */
export function textOf(body: Body): string {
  for (const field of ["text", "prompt", "response"]) {
    const value = body[field]
    if (typeof value === "string") return value
  }
  const [turn] = Array.isArray(body.turns) ? (body.turns as { text?: unknown }[]) : []
  return typeof turn?.text === "string" ? turn.text : JSON.stringify(body, null, 2)
}
