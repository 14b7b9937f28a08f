import { useEffect, useRef } from "react"
import type { Assignment, ErrorKind, Guidance } from "@/api/nouns"
import { runCommand, useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { relative } from "@/lib/format"
import { Key } from "@/parts/key"
import { Run } from "@/parts/run"

/** What a ruling says beside its label. */
export interface RulingNote {
  readonly words: string
  readonly clause: string
  readonly amends: string
  readonly precedent: boolean
}

/** The answer to a question is for everybody unless its author says otherwise. */
export const beginRuling = (work: Assignment): RulingNote => ({
  words: "",
  clause: "",
  amends: "",
  precedent: work.questions.length > 0,
})

/** Why a ruling cannot go yet; null where it can. */
export function rulingLacks(work: Assignment, { words, precedent }: RulingNote): string | null {
  if (words.trim()) return null
  if (work.questions.length > 0) return t("ruling.answer_needed")
  return precedent ? t("ruling.words_needed") : null
}

/** The questions that brought the item here, above it. */
export function Questions({ work }: { work: Assignment }) {
  if (work.questions.length === 0) return null
  return (
    <section className="asked" aria-label={t("ruling.questions")}>
      <h2>{t("ruling.questions")}</h2>
      {work.questions.map(({ id, text, asked_at }) => (
        <p key={id} dir="auto">
          <Run text={text} at={0} /> <span className="dim">{relative(asked_at)}</span>
        </p>
      ))}
    </section>
  )
}

interface RulingProps {
  readonly work: Assignment
  readonly guidance: Guidance | undefined
  readonly note: RulingNote
  readonly change: (note: RulingNote) => void
}

/** The ruling in words, the rule that it rests on, and whether others may read it. */
export function RulingForm({ work, guidance, note, change }: RulingProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  const asked = work.questions.length > 0
  useCommands([
    {
      id: "review.words",
      title: t(asked ? "ruling.answer" : "ruling.words"),
      keys: ["w"],
      scope: "work",
      run: () => field.current?.focus(),
    },
  ])
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) runCommand("work.submit")
    if (event.key === "Escape") (event.target as HTMLElement).blur()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the fields inside
    <div className="ruling" onKeyDown={onKeyDown}>
      <label>
        <b>
          {t(asked ? "ruling.answer" : "ruling.words")} <Key of="review.words" />
        </b>
        <textarea
          ref={field}
          rows={3}
          value={note.words}
          placeholder={asked ? t("ruling.answer_hint") : ""}
          onChange={(event) => change({ ...note, words: event.target.value })}
        />
      </label>
      <label>
        {t("ruling.clause")}
        <select
          value={note.clause}
          onChange={(event) => change({ ...note, clause: event.target.value, amends: "" })}
        >
          <option value="">{t("ruling.no_clause")}</option>
          {guidance?.clauses.map(({ id, title }) => (
            <option key={id} value={id}>
              {id} {title}
            </option>
          ))}
        </select>
      </label>
      {note.clause && (
        <label>
          {t("ruling.amends")}
          <textarea
            rows={2}
            value={note.amends}
            placeholder={t("ruling.amends_hint")}
            onChange={(event) => change({ ...note, amends: event.target.value })}
          />
        </label>
      )}
      <label className="check">
        <input
          type="checkbox"
          checked={note.precedent}
          onChange={(event) => change({ ...note, precedent: event.target.checked })}
        />
        {t("ruling.precedent")}
      </label>
    </div>
  )
}

interface ReasonProps {
  readonly kinds: readonly ErrorKind[]
  readonly chosen: string | null
  readonly choose: (reason: string) => void
}

/** What kind of mistake the ruling settles, in the words of the programme file. */
export function ReasonList({ kinds, chosen, choose }: ReasonProps) {
  const group = useRef<HTMLFieldSetElement>(null)
  useCommands([
    {
      id: "review.reason",
      title: t("review.reason"),
      keys: ["m"],
      scope: "work",
      run: () => {
        const next = kinds[(kinds.findIndex(({ id }) => id === chosen) + 1) % kinds.length]
        if (next) choose(next.id)
      },
    },
  ])
  useEffect(() => {
    if (chosen) group.current?.scrollIntoView({ block: "nearest" })
  }, [chosen])
  return (
    <fieldset ref={group} className="reasons">
      <legend>
        {t("review.reason")} <Key of="review.reason" />
      </legend>
      {kinds.map(({ id, name }) => (
        <label key={id}>
          <input type="radio" name="reason" checked={chosen === id} onChange={() => choose(id)} />
          {name}
        </label>
      ))}
    </fieldset>
  )
}
