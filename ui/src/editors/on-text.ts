import { type ComponentType, useState } from "react"
import type { Assignment } from "@/api/nouns"
import { keyName } from "@/app/commands"
import { t } from "@/app/i18n"
import { type AnswerProps, type Editor, type EditorProps, textOf } from "./editor"
import type { Entry } from "./labels"
import type { State } from "./marks"

interface Given<D> {
  /** An answer as the editor holds it; of none, nothing marked. */
  readonly read: (text: string, answer: unknown, state: State) => D
  readonly write: (text: string, doc: D) => unknown
  /** How many suggestions nobody has looked at. */
  readonly left: (doc: D) => number
  /** What else the answer lacks. */
  readonly lacking?: (work: Assignment, doc: D) => string | null
  readonly same: (a: unknown, b: unknown) => boolean
  readonly View: ComponentType<EditorProps<D>>
  readonly Answer: ComponentType<AnswerProps>
}

/** An editor of a task on stretches of a text: suggestions are looked at one by one before it may be submitted. */
export function onText<D>({ read, write, left, lacking, same, View, Answer }: Given<D>): Editor<D> {
  return {
    shape: 1,
    begin: (work, answer) => {
      const text = textOf(work.body)
      if (answer !== undefined) return read(text, answer, "human")
      return read(text, work.queue === "review" ? null : work.suggestion?.answer, "suggested")
    },
    adopt: (work, answer) => read(textOf(work.body), answer, "accepted"),
    answerOf: (work, doc) => write(textOf(work.body), doc),
    lacking: (work, doc) => {
      const count = left(doc)
      return count
        ? t("spans.unchecked", { count, next: keyName("spans.next"), all: keyName("spans.accept_all") })
        : (lacking?.(work, doc) ?? null)
    },
    unchecked: left,
    same,
    enterSubmits: () => false,
    View,
    Answer,
  }
}

const firstOf = (entries: readonly Entry[]) => entries.find(({ label }) => label.selectable)?.label.id ?? ""

/** The label that the next mark gets: the first, until another is picked. */
export const useArmed = (entries: readonly Entry[]) => useState(() => firstOf(entries))
