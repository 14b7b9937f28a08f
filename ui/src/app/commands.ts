import { useEffect, useRef } from "react"
import { remembered, store, useStore } from "@/lib/store"
import { matches, pretty, strokesOf } from "./keys"

/** One thing the interface can do. Keys, palette, cheat sheet and button hints are all made from this. */
export interface Command {
  readonly id: string
  readonly title: string
  /** Key combinations, as `keyOf` writes them; two strokes are joined by a space ("g p"). */
  readonly keys: readonly string[]
  readonly scope: Scope
  readonly run: () => void
  readonly when?: () => boolean
  /** Also while typing or in a dialog: only for combinations that type nothing. */
  readonly always?: boolean
  /** Before any other with the same key, while its time has come. */
  readonly first?: boolean
  /** Not listed in the palette and the cheat sheet: one of a series, such as the label digits. */
  readonly quiet?: boolean
}

export type Scope = "general" | "go" | "work" | "labels" | "text" | "table"

/** What a person changed: other keys for a command, or none. */
export const remaps = remembered<Record<string, readonly string[]>>("keys", {})
/** WCAG 2.1.4: keys of one character can be switched off altogether. */
export const singleKeys = remembered("single-keys", true)

/** While a desk is tried out, its keys are only those pressed inside it. */
export const confined = store<HTMLElement | null>(null)
const INSIDE: ReadonlySet<Scope> = new Set(["work", "labels", "text"])

const registered = store<ReadonlyMap<string, Command>>(new Map())

type Keyed = Pick<Command, "id" | "keys">

export const keysOf = ({ id, keys }: Keyed): readonly string[] => remaps.get()[id] ?? keys

/** Who of those that are listened to at the same time has a key already. */
export const takenBy = <C extends Keyed>(id: string, keys: string, among: readonly C[]): C | undefined =>
  among.find((one) => one.id !== id && keysOf(one).includes(keys))

/** Two strokes, the first of which does something by itself here: the second never comes to it. */
const isCovered = (keys: string): boolean => {
  const [first = "", second] = keys.split(" ")
  return second !== undefined && [...registered.get().values()].some((one) => keysOf(one).includes(first))
}

/** True where a command cannot be reached by the keys it has, at the place where one is. */
export const covered = (command: Keyed): boolean => {
  const keys = keysOf(command)
  return keys.length > 0 && keys.every(isCovered)
}

/** The keys that do something now: none of one character where those are switched off. */
const heard = (command: Keyed): string[] =>
  keysOf(command).filter((keys) => (singleKeys.get() || !isSingle(keys)) && !isCovered(keys))

/** The key to show for a command; undefined where none is listened to. */
export const keyShown = (command: Keyed): string | undefined => {
  const [keys] = heard(command)
  return keys && pretty(keys)
}

/** How a sentence names a command: by its key, or in words where it has none. */
export const keyName = (id: string): string => {
  const command = registered.get().get(id)
  return command ? (keyShown(command) ?? `“${command.title}”`) : ""
}

export const useCommandList = (): Command[] => {
  useStore(remaps)
  useStore(singleKeys)
  return [...useStore(registered).values()]
}

export const useCommand = (id: string): Command | undefined => useCommandList().find((one) => one.id === id)

export function runCommand(id: string): void {
  const command = registered.get().get(id)
  if (command && (!command.when || command.when())) command.run()
}

export function register(commands: readonly Command[]): () => void {
  registered.set((now) => {
    const next = new Map(now)
    for (const command of commands) {
      next.delete(command.id)
      next.set(command.id, command)
    }
    return next
  })
  return () =>
    registered.set((now) => {
      const next = new Map(now)
      for (const { id } of commands) next.delete(id)
      return next
    })
}

/** Registers commands while a component is on the page; only a change of id, title or keys registers anew. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands)
  latest.current = commands
  const shape = commands.map(({ id, title, keys }) => `${id}|${title}|${keys.join(",")}`).join("\n")
  useEffect(() => {
    if (!shape) return
    const current = (id: string) => latest.current.find((one) => one.id === id)
    return register(
      latest.current.map((command) => ({
        ...command,
        run: () => current(command.id)?.run(),
        when: () => current(command.id)?.when?.() ?? true,
      })),
    )
  }, [shape])
}

let pending = ""
let forget: ReturnType<typeof setTimeout> | undefined

/** The one key listener of the page. Later registrations win, so that a page overrides the shell. */
export function onKeyDown(event: KeyboardEvent): void {
  if (event.isComposing || event.defaultPrevented) return
  const strokes = strokesOf(event)
  if (!strokes.length) return
  const commands = [...registered.get().values()]
    .reverse()
    .sort((a, b) => Number(b.first ?? false) - Number(a.first ?? false))
  const sequenceOf = (key: string) => (pending ? `${pending} ${key}` : key)
  const admitted = admittedBy(event)
  const find = (key: string) =>
    commands.find(
      (command) =>
        keysOf(command).includes(sequenceOf(key)) && admitted(command, key) && (command.when?.() ?? true),
    )
  const found = strokes.map(find).find((command) => command !== undefined)
  clearTimeout(forget)
  if (found) {
    event.preventDefault()
    pending = ""
    found.run()
    return
  }
  const start = strokes.find((key) =>
    commands.some(
      (command) =>
        admitted(command, key) && keysOf(command).some((keys) => keys.startsWith(`${sequenceOf(key)} `)),
    ),
  )
  pending = start === undefined ? "" : sequenceOf(start)
  if (start !== undefined) {
    event.preventDefault()
    forget = setTimeout(() => {
      pending = ""
    }, 1000)
  }
}

/** Which commands a key may mean now. The page is looked through once a key, not once a command: texts are long. */
function admittedBy(event: KeyboardEvent) {
  const { typing, pressing, inDialog } = matches(event)
  const within = confined.get()
  const outside = within !== null && !within.contains(event.target as Node)
  return ({ scope, always }: Command, key: string): boolean => {
    if (outside && INSIDE.has(scope)) return false
    if ((inDialog || typing) && !always) return false
    if (pressing && (key === "Enter" || key === "Space")) return false
    return singleKeys.get() || !isSingle(key)
  }
}

const isSingle = (key: string) => [...key.replace(/^shift\+/, "")].length === 1 && !/^(mod|alt)\+/.test(key)
