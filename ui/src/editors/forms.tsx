import "@/styles/forms.css"
import { memo, type ReactNode, type RefObject, useEffect, useRef, useState } from "react"
import { type Command, useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { Canvas } from "@/parts/canvas"
import { Fields } from "@/parts/fields"
import { Key } from "@/parts/key"
import { Run } from "@/parts/run"
import { restOf, stringOf } from "./bodies"
import type { Body, EditorProps } from "./editor"
import { paragraphs } from "./segments"

/** A text as it came, paragraph by paragraph, with what hides made visible. */
export const Prose = memo(function Prose({ text }: { text: string }) {
  return paragraphs(text).map(({ start, end }) => (
    <p key={start} dir="auto">
      <Run text={text.slice(start, end)} at={start} />
    </p>
  ))
})

/** What the item asks, and whatever else explains it. */
export function Prompt({ body, field = "prompt" }: { body: Body; field?: string }) {
  const text = stringOf(body, field)
  return (
    <>
      <Fields body={restOf(body)} />
      {text && (
        <section className="prompt" aria-label={t("forms.prompt")}>
          <h2>{t("forms.prompt")}</h2>
          <Prose text={text} />
        </section>
      )}
    </>
  )
}

/** A and X say yes and no to the suggestion as a whole. */
export function useVerdict(verdict: EditorProps<unknown>["verdict"]): void {
  useCommands(
    verdict
      ? [
          { id: "work.accept", title: t("work.accept"), keys: ["a"], scope: "work", run: verdict.accept },
          { id: "work.reject", title: t("work.reject"), keys: ["x"], scope: "work", run: verdict.reject },
        ]
      : [],
  )
}

export interface Rows {
  readonly at: number
  readonly go: (row: number) => void
  /** To the next row that `done` says is open, or the next at all. */
  readonly on: (done: (row: number) => boolean) => void
  readonly list: RefObject<HTMLDivElement | null>
}

/** Rows that are gone through with J and K; the one in hand stays in sight. */
export function useRows(count: number, title: string): Rows {
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const shown = useRef(0)
  useEffect(() => {
    // An item begins at its top, not where its first row is.
    if (shown.current === at) return
    shown.current = at
    const row = list.current?.querySelector(`[data-row="${at}"]`)
    row?.scrollIntoView({ block: "nearest" })
  }, [at])
  const go = (row: number) => setAt(Math.max(0, Math.min(count - 1, row)))
  const many = count > 1
  useCommands([
    {
      id: "forms.next",
      title: t("forms.next", { what: title }),
      keys: ["j", "ArrowDown"],
      scope: "text",
      when: () => many,
      run: () => go(at + 1),
    },
    {
      id: "forms.previous",
      title: t("forms.previous", { what: title }),
      keys: ["k", "ArrowUp"],
      scope: "text",
      when: () => many,
      run: () => go(at - 1),
    },
  ])
  const on = (done: (row: number) => boolean) => {
    const rows = Array.from({ length: count }, (_, step) => (at + 1 + step) % count)
    const open = rows.find((row) => row !== at && !done(row))
    if (open !== undefined) setAt(open)
  }
  return { at, go, on, list }
}

/** One key for every digit. */
export function digits(
  id: string,
  title: (digit: number) => string | null,
  run: (digit: number) => void,
): Command[] {
  return [1, 2, 3, 4, 5, 6, 7, 8, 9, 0].flatMap((digit) => {
    const said = title(digit)
    if (said === null) return []
    return [
      {
        id: `${id}.${digit}`,
        title: said,
        keys: [String(digit)],
        scope: "labels" as const,
        run: () => run(digit),
      },
    ]
  })
}

interface NoteProps {
  readonly id: string
  readonly title: string
  readonly value: string
  readonly placeholder?: string
  readonly rows?: number
  readonly change: (text: string) => void
  readonly submit: () => void
}

/** A field for words. O goes in, Escape comes out, Ctrl+Enter submits from inside. */
export function Note({ id, title, value, placeholder, rows = 2, change, submit }: NoteProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  const inside = () => document.activeElement === field.current
  const out = () => field.current?.blur()
  useCommands([
    { id, title, keys: ["o"], scope: "text", run: () => field.current?.focus() },
    ...leaving(id, inside, out, () => {
      out() // a key may be asked for
      submit()
    }),
  ])
  return (
    <label className="note">
      <span>
        {title} <Key of={id} />
      </span>
      <textarea
        ref={field}
        rows={rows}
        dir="auto"
        value={value}
        placeholder={placeholder}
        onChange={(event) => change(event.target.value)}
      />
    </label>
  )
}

/** What a field needs while it is typed in: the way out, and the way on. */
export const leaving = (
  id: string,
  inside: () => boolean,
  out: () => void,
  submit: () => void,
): Command[] => [
  {
    id: `${id}.out`,
    title: t("forms.out"),
    keys: ["Escape"],
    scope: "text",
    when: inside,
    run: out,
    always: true,
    quiet: true,
  },
  {
    id: `${id}.submit`,
    title: t("work.submit"),
    keys: ["mod+Enter"],
    scope: "text",
    when: inside,
    run: submit,
    always: true,
    quiet: true,
  },
]

interface LayoutProps {
  readonly above: ReactNode
  readonly side?: ReactNode
  readonly wide?: boolean
  readonly main: ReactNode
  readonly children: ReactNode
}

export function Layout({ above, side, main, children, wide = false }: LayoutProps) {
  return (
    <>
      <Canvas wide={wide}>
        {above}
        {main}
      </Canvas>
      <aside className="side" aria-label={t("work.panel")}>
        {side}
        {children}
      </aside>
    </>
  )
}

/** The mark on what others do not share. */
export const Differs = ({ when }: { when: boolean }) =>
  when ? <span className="differs-mark">{t("review.differs")}</span> : null

export const NoAnswer = () => <span className="dim">{t("review.no_answer")}</span>
