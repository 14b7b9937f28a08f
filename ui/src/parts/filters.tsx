import { IconFilter, IconX } from "@tabler/icons-react"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useEffect, useRef, useState } from "react"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"

/** What the address holds, and what a person reads for it. */
export type Choice = readonly [value: string, title: string]

type Field = readonly [string, string, (readonly (string | Choice)[])?]

interface Props {
  /** Key in the URL and what it says; with choices, a list instead of a text. */
  readonly fields: readonly Field[]
  /** Filters that are seldom asked for: shown on demand, and while one of them holds. */
  readonly more?: readonly Field[]
  /** The filters of the page that `/` goes to. */
  readonly first?: boolean
}

const PATIENCE = 350

/** Filters whose state is the address of the page, so that a filtered table can be sent to a colleague. */
export function Filters({ fields: usual, more = [], first = false }: Props) {
  const search = useSearch({ strict: false }) as Record<string, string>
  const go = useNavigate()
  const set = (key: string, value: string) => {
    const next = { ...search, [key]: value }
    if (!value) delete next[key]
    void go({ to: ".", search: next, replace: true })
  }
  const [all, setAll] = useState(false)
  const seldom = more.filter(([key]) => all || search[key])
  const fields = [...usual, ...seldom]
  const box = useRef<HTMLElement>(null)
  useCommands(
    first
      ? [
          {
            id: "filter.search",
            title: t("filter.search"),
            keys: ["/"],
            scope: "table",
            run: () => box.current?.querySelector("input")?.focus(),
          },
        ]
      : [],
  )
  const active = fields.filter(([key]) => search[key])
  return (
    <search className="filters" ref={box}>
      <IconFilter size={16} aria-hidden />
      {fields.map(([key, title, choices]) =>
        choices ? (
          <label key={key}>
            <span>{title}</span>
            <select value={search[key] ?? ""} onChange={(event) => set(key, event.target.value)}>
              <option value="">{t("filter.any")}</option>
              {choices.map((choice) => {
                const [value, words] = typeof choice === "string" ? [choice, choice] : choice
                return (
                  <option key={value} value={value}>
                    {words}
                  </option>
                )
              })}
            </select>
          </label>
        ) : (
          <Typed key={key} title={title} value={search[key] ?? ""} set={(value) => set(key, value)} />
        ),
      )}
      {more.length > 0 && (
        <button
          type="button"
          className="btn small quiet"
          aria-expanded={all}
          onClick={() => setAll((now) => !now)}
        >
          {t(all ? "filter.fewer" : "filter.more")}
        </button>
      )}
      {active.length > 0 && (
        <button
          type="button"
          className="btn small quiet"
          onClick={() => {
            const kept = Object.entries(search).filter(([key]) => !fields.some(([name]) => name === key))
            void go({ to: ".", search: Object.fromEntries(kept), replace: true })
          }}
        >
          <IconX size={14} aria-hidden /> {t("filter.clear")}
        </button>
      )}
    </search>
  )
}

function Typed({ title, value, set }: { title: string; value: string; set: (value: string) => void }) {
  const [typed, setTyped] = useState(value)
  // What comes back from the address is older than what has been typed since: only another's change is taken over.
  const given = useRef(value)
  useEffect(() => {
    if (value === given.current) return
    given.current = value
    setTyped(value)
  }, [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the wait
  useEffect(() => {
    if (typed === given.current) return
    const wait = setTimeout(() => {
      given.current = typed
      set(typed)
    }, PATIENCE)
    return () => clearTimeout(wait)
  }, [typed])
  return (
    <label>
      <span>{title}</span>
      <input type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
    </label>
  )
}
