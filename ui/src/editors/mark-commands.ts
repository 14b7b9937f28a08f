import type { Assignment } from "@/api/nouns"
import { type Command, keyName } from "@/app/commands"
import { t } from "@/app/i18n"
import type { Stretch } from "@/lib/words"
import type { EditorProps } from "./editor"
import type { Mark, Marks } from "./marks"
import * as on from "./marks"
import type { TextDesk } from "./text-desk"

interface Given {
  readonly work: Assignment
  readonly marks: Marks
  readonly at: Mark | null
  readonly select: (id: string | null) => void
  readonly verdict: EditorProps<unknown>["verdict"]
  readonly accept: (mark: Mark) => void
  readonly remove: (mark: Mark) => void
  readonly acceptAll: () => void
  readonly rejectAll: () => void
  /** J and K step over all marks, not only over those to check. */
  readonly all?: boolean
  /** How many suggestions are left, where not only marks are suggested. */
  readonly left?: number
  /** Moves an edge of the selected mark; absent where edges are not moved. */
  readonly resize: (mark: Mark, edge: "start" | "end", by: 1 | -1) => void
  /** Marks the stretch under the cursor; null where there is none. */
  readonly mark: (() => void) | null
}

/** The keys that go from mark to mark, for sentences. */
export const stepKeys = () => ({ next: keyName("spans.next"), previous: keyName("spans.previous") })

/** A and X mean the selected mark; with none selected, the suggestion as a whole. */
export function markCommands(given: Given): Command[] {
  const { work, marks, at, select, verdict, accept, remove, acceptAll, rejectAll, resize, mark } = given
  const waiting = on.pending(marks)
  const left = given.left ?? waiting.length
  const go = (by: 1 | -1) =>
    select(on.neighbour(waiting.length && !given.all ? waiting : marks, at?.id ?? null, by)?.id ?? null)
  const others = waiting.filter(({ id }) => id !== at?.id)
  const after = () => (others.find(({ start }) => start >= (at?.start ?? 0)) ?? others[0])?.id ?? null
  const yes = () => {
    if (!at) return verdict ? verdict.accept() : acceptAll()
    accept(at)
    return select(after())
  }
  const no = () => {
    if (!at) return verdict?.reject()
    remove(at)
    return select(after())
  }
  const whole = work.queue === "verify" && !at
  const onMark = (id: string, title: string, keys: string[], run: () => void): Command => ({
    id,
    title,
    keys,
    scope: "text",
    run,
    when: () => at !== null,
  })
  const move = (edge: "start" | "end", by: 1 | -1) => () => at && resize(at, edge, by)
  return [
    {
      ...onMark("spans.next", t("spans.next"), ["j", "ArrowDown"], () => go(1)),
      when: () => marks.length > 0,
    },
    {
      ...onMark("spans.previous", t("spans.previous"), ["k", "ArrowUp"], () => go(-1)),
      when: () => marks.length > 0,
    },
    {
      id: "work.accept",
      title: whole ? t("work.accept") : t("spans.accept"),
      keys: ["a"],
      scope: "work",
      run: yes,
      when: () => Boolean(at || verdict || left),
    },
    {
      id: "work.reject",
      title: whole ? t("work.reject") : t("spans.reject"),
      keys: ["x"],
      scope: "work",
      run: no,
      when: () => Boolean(at || verdict),
    },
    onMark("spans.delete", t("spans.delete"), ["Delete", "Backspace"], no),
    { ...onMark("spans.accept_all", t("spans.accept_all"), ["shift+a"], acceptAll), when: () => left > 0 },
    { ...onMark("spans.reject_all", t("spans.reject_all"), ["shift+x"], rejectAll), when: () => left > 0 },
    { ...onMark("spans.mark", t("spans.mark"), ["Enter"], () => mark?.()), when: () => mark !== null },
    onMark("spans.end_back", t("spans.end_back"), ["["], move("end", -1)),
    onMark("spans.end_on", t("spans.end_on"), ["]"], move("end", 1)),
    onMark("spans.start_back", t("spans.start_back"), ["{"], move("start", -1)),
    onMark("spans.start_on", t("spans.start_on"), ["}"], move("start", 1)),
  ]
}

/** What can be done with marks that nothing else hangs on. */
export const checking = <M extends Mark>(marks: readonly M[], change: (next: readonly M[]) => void) => ({
  accept: ({ id }: Mark) => change(on.accept(marks, id)),
  remove: ({ id }: Mark) => change(on.remove(marks, id)),
  acceptAll: () => change(on.acceptAll(marks)),
  rejectAll: () => change(on.rejectAll(marks)),
})

type Refit = (mark: Mark, fragments: readonly Stretch[]) => void

/** How a mark gets gaps, where the task has them: a stretch is joined to the last mark, or taken out of it. */
export function gapsOf({ task }: Assignment, { text, cursor: { stretch }, last }: TextDesk, refit: Refit) {
  const allowed = task.params.allow_gaps === true
  const command = (
    id: string,
    title: string,
    keys: string[],
    fitted: (onto: Mark) => Stretch[],
  ): Command => ({
    id,
    title,
    keys,
    scope: "text",
    run: () => last && refit(last, fitted(last)),
    when: () => last !== null && stretch !== null,
  })
  return {
    commands: allowed
      ? [
          command("spans.join", t("spans.join"), ["+", "="], ({ fragments }) =>
            stretch ? on.united(fragments, stretch) : [],
          ),
          command("spans.cut", t("spans.cut"), ["-"], ({ fragments }) =>
            stretch ? on.without(text, fragments, stretch) : [],
          ),
        ]
      : [],
    /** Ctrl and the mouse join, too; false where they mean a mark of its own. */
    join: (where: Stretch, { ctrlKey, metaKey }: { ctrlKey: boolean; metaKey: boolean }): boolean => {
      if (!allowed || !last || !(ctrlKey || metaKey)) return false
      refit(last, on.united(last.fragments, where))
      return true
    },
  }
}
