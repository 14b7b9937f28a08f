import { IconSearch } from "@tabler/icons-react"
import { memo, useCallback, useMemo, useRef, useState } from "react"
import { type Command, useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { pretty } from "@/app/keys"
import { remembered, useStore } from "@/lib/store"
import { Key } from "@/parts/key"
import {
  DIGITS,
  digitKey,
  type Entry,
  isDeep,
  optionsAt,
  type Slots,
  search,
  slotsFor,
  withUsed,
} from "./labels"

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

/**
 * The labels: digits for the first twenty (or the last used), a filter for the rest, a tree where there is one.
 *
 * In a big tree L walks down it: a digit for each level, Backspace back up.
 */
export function LabelList({ ontology_id, entries, chosen, counts, onPick, title }: Props) {
  const [typed, setTyped] = useState("")
  const [at, setAt] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const used = useStore(slots)[ontology_id] ?? { slots: [], order: [] }
  const digits = useMemo(() => slotsFor(entries, used.slots), [entries, used.slots])
  const found = useMemo(() => search(entries, typed), [entries, typed])
  const byId = useMemo(() => new Map(entries.map((entry) => [entry.label.id, entry])), [entries])
  const many = entries.length > FILTER_FROM
  const deep = useMemo(() => isDeep(entries), [entries])
  const [level, setLevel] = useState<string | null | undefined>(undefined)
  const walking = level !== undefined
  const options = useMemo(() => (level === undefined ? [] : optionsAt(entries, level)), [entries, level])

  const pick = (id: string) => {
    slots.set((now) => ({ ...now, [ontology_id]: withUsed(now[ontology_id] ?? used, id) }))
    onPick(id)
  }
  const latest = useRef(pick)
  latest.current = pick
  const pickRow = useCallback((id: string) => latest.current(id), [])
  const down = (entry: Entry) => {
    const below = entry.label.id !== level && entries.some(({ label }) => label.parent === entry.label.id)
    if (below) return setLevel(entry.label.id)
    setLevel(undefined)
    pick(entry.label.id)
  }
  const leave = () => {
    setTyped("")
    input.current?.blur()
  }
  const walkCommands = (): Command[] => [
    ...options.slice(0, DIGITS).map((entry, slot) => ({
      id: `label.walk.${slot}`,
      title: entry.label.name,
      keys: [digitKey(slot)],
      scope: "labels" as const,
      run: () => down(entry),
      quiet: true,
    })),
    {
      id: "label.walk.up",
      title: t("label.up"),
      keys: ["Backspace"],
      scope: "labels",
      run: () => setLevel(level === null ? undefined : (byId.get(level ?? "")?.label.parent ?? null)),
    },
    {
      id: "label.walk.out",
      title: t("slip.close"),
      keys: ["Escape"],
      scope: "labels",
      run: () => setLevel(undefined),
      quiet: true,
    },
  ]
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
    {
      id: "label.walk",
      title: t("label.walk"),
      keys: ["l"],
      scope: "labels",
      when: () => deep,
      run: () => setLevel(walking ? undefined : null),
    },
    ...(walking ? walkCommands() : []),
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
      onPick={pickRow}
    />
  )
  const recent = digits.length < entries.filter(({ label }) => label.selectable).length
  const inSlots = recent ? digits.flatMap((id) => (id ? (byId.get(id) ?? []) : [])) : []

  return (
    <section aria-label={title ?? t("label.title")} className="labels">
      <h2>
        {title ?? t("label.title")}{" "}
        <span className="num">{entries.filter(({ label }) => label.selectable).length}</span>
        {deep && <Key of="label.walk" />}
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
          <Key of="label.filter" />
        </label>
      )}
      {walking && (
        <fieldset className="label-group" aria-label={t("label.walk")}>
          <h3>{level === null ? t("label.top") : pathOf(byId.get(level))}</h3>
          {options.map((entry, slot) => (
            <WalkRow key={entry.label.id} entry={entry} slot={slot} go={() => down(entry)} />
          ))}
        </fieldset>
      )}
      {!walking && !typed && inSlots.length > 0 && (
        <fieldset className="label-group" aria-label={t("label.recent")}>
          <h3>{t("label.recent")}</h3>
          {inSlots.map((entry) => row(entry, "slot"))}
        </fieldset>
      )}
      <fieldset className="label-group" aria-label={t("label.all")} hidden={walking}>
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

const pathOf = (entry: Entry | undefined): string =>
  entry ? [...entry.path, entry.label.name].join(" › ") : ""

interface WalkProps {
  readonly entry: Entry
  readonly slot: number
  readonly go: () => void
}

/** One step down the tree. */
function WalkRow({ entry, slot, go }: WalkProps) {
  return (
    <button
      type="button"
      className={`label-row hue-${entry.hue}`}
      title={entry.label.definition || undefined}
      onMouseDown={(event) => event.preventDefault()}
      onClick={go}
    >
      {entry.label.selectable && <i className={`swatch round-${Math.min(entry.round, 3)}`} aria-hidden />}
      <span className="label-name">{entry.label.name}</span>
      {!entry.label.selectable && <span aria-hidden>›</span>}
      {slot < DIGITS && <kbd>{pretty(digitKey(slot))}</kbd>}
    </button>
  )
}

const LabelRow = memo(function LabelRow({
  entry,
  chosen,
  highlighted,
  flat,
  digit,
  count,
  onPick,
}: RowProps) {
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
})
