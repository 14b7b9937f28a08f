import { IconSearch } from "@tabler/icons-react"
import { useMemo, useRef, useState } from "react"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { pretty } from "@/app/keys"
import { remembered, useStore } from "@/lib/store"
import { digitKey, type Entry, type Slots, search, slotsFor, withUsed } from "./labels"

const FILTER_FROM = 10

const slots = remembered<Record<string, Slots>>("label-slots", {})

interface Props {
  readonly ontology_id: string
  readonly entries: readonly Entry[]
  readonly chosen: ReadonlySet<string>
  readonly counts?: ReadonlyMap<string, number>
  readonly onPick: (id: string) => void
  readonly title?: string
}

/** The labels: digits for the first twenty (or the last used), a filter for the rest, a tree where there is one. */
export function LabelList({ ontology_id, entries, chosen, counts, onPick, title }: Props) {
  const [typed, setTyped] = useState("")
  const [at, setAt] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const used = useStore(slots)[ontology_id] ?? { slots: [], order: [] }
  const digits = useMemo(() => slotsFor(entries, used.slots), [entries, used.slots])
  const found = useMemo(() => search(entries, typed), [entries, typed])
  const byId = useMemo(() => new Map(entries.map((entry) => [entry.label.id, entry])), [entries])
  const many = entries.length > FILTER_FROM

  const pick = (id: string) => {
    slots.set((now) => ({ ...now, [ontology_id]: withUsed(now[ontology_id] ?? used, id) }))
    onPick(id)
  }
  const leave = () => {
    setTyped("")
    input.current?.blur()
  }
  useCommands([
    ...digits.flatMap((id, slot) => {
      const entry = id === null ? undefined : byId.get(id)
      if (!entry) return []
      const title = t("label.choose", { name: entry.label.name })
      const run = () => pick(entry.label.id)
      return [{ id: `label.${slot}`, title, keys: [digitKey(slot)], scope: "labels" as const, run }]
    }),
    {
      id: "label.filter",
      title: t("label.filter"),
      keys: ["/"],
      scope: "labels",
      when: () => many,
      run: () => input.current?.focus(),
    },
  ])

  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      setAt((now) => Math.max(0, Math.min(found.length - 1, now + step)))
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      const entry = found[at]
      if (typed && entry) {
        pick(entry.label.id)
        leave()
      }
    } else if (event.key === "Escape") {
      event.preventDefault()
      leave()
    }
  }
  const row = (entry: Entry, where: "slot" | "tree", highlighted = false) => (
    <LabelRow
      key={`${where}.${entry.label.id}`}
      entry={entry}
      chosen={chosen.has(entry.label.id)}
      highlighted={highlighted}
      flat={where === "slot" || typed !== ""}
      digit={digits.indexOf(entry.label.id)}
      count={counts?.get(entry.label.id)}
      onPick={pick}
    />
  )
  const recent = digits.length < entries.filter(({ label }) => label.selectable).length
  const inSlots = recent ? digits.flatMap((id) => (id ? (byId.get(id) ?? []) : [])) : []

  return (
    <section aria-label={title ?? t("label.title")} className="labels">
      <h2>
        {title ?? t("label.title")}{" "}
        <span className="num">{entries.filter(({ label }) => label.selectable).length}</span>
      </h2>
      {many && (
        <label className="filter">
          <IconSearch size={15} aria-hidden />
          <input
            ref={input}
            value={typed}
            placeholder={t("label.filter")}
            aria-label={t("label.filter")}
            onChange={(event) => {
              setTyped(event.target.value)
              setAt(0)
            }}
            onKeyDown={onKeyDown}
            autoComplete="off"
            spellCheck={false}
          />
          <kbd>/</kbd>
        </label>
      )}
      {!typed && inSlots.length > 0 && (
        <fieldset className="label-group" aria-label={t("label.recent")}>
          <h3>{t("label.recent")}</h3>
          {inSlots.map((entry) => row(entry, "slot"))}
        </fieldset>
      )}
      <fieldset className="label-group" aria-label={t("label.all")}>
        {!typed && inSlots.length > 0 && <h3>{t("label.all")}</h3>}
        {found.map((entry, index) => row(entry, "tree", typed !== "" && index === at))}
        {found.length === 0 && <p className="dim">{t("label.none", { typed })}</p>}
      </fieldset>
    </section>
  )
}

/** How often each label was used. */
export function countsOf(
  entries: readonly Entry[],
  used: readonly { readonly label: string }[],
): Map<string, number> {
  const grouped = Map.groupBy(used, ({ label }) => label)
  return new Map(entries.map(({ label }) => [label.id, grouped.get(label.id)?.length ?? 0]))
}

interface RowProps {
  readonly entry: Entry
  readonly chosen: boolean
  readonly highlighted: boolean
  readonly flat: boolean
  readonly digit: number
  readonly count: number | undefined
  readonly onPick: (id: string) => void
}

function LabelRow({ entry, chosen, highlighted, flat, digit, count, onPick }: RowProps) {
  const { label, depth, path, hue, round } = entry
  const indent = flat ? 0 : Math.min(depth, 6)
  if (!label.selectable) return <div className={`label-heading indent-${indent}`}>{label.name}</div>
  return (
    <button
      type="button"
      className={`label-row hue-${hue} indent-${indent}${highlighted ? " at" : ""}`}
      aria-pressed={chosen}
      title={label.definition || undefined}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onPick(label.id)}
    >
      <i className={`swatch round-${Math.min(round, 3)}`} aria-hidden />
      <span className="label-name">
        {label.name}
        {flat && path.length > 0 && <small>{path.join(" › ")}</small>}
      </span>
      {label.human_only && <span className="chip">{t("label.human_only")}</span>}
      {count !== undefined && <span className="num dim">{count}</span>}
      {digit >= 0 && <kbd>{pretty(digitKey(digit))}</kbd>}
    </button>
  )
}
