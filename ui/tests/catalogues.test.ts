import { expect, test } from "vitest"

const catalogues = import.meta.glob<string>("../src/i18n/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
})
const words = (name: string): object => JSON.parse(catalogues[`../src/i18n/${name}.json`] ?? "")
const every = Object.keys(catalogues).map((path) => words(path.slice("../src/i18n/".length, -".json".length)))
/** What `learn("desk")` brings, beside the shell's own. */
const desk = ["shell", "desk", "calibration", "protection", "workspace"].map(words)
const found = import.meta.glob<string>("../src/**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
})
const sources = new Map(Object.entries(found).map(([path, text]) => [path.slice("../src/".length), text]))

/** The keys of a catalogue, without their plural forms. */
function keysOf(words: object, above = ""): string[] {
  return Object.entries(words).flatMap(([name, one]) =>
    typeof one === "string"
      ? [above + name.replace(/_(one|other|zero|two|few|many)$/, "")]
      : keysOf(one, `${above}${name}.`),
  )
}

/** The file that an import means, where it is one of ours. */
function fileOf(from: string, named: string): string | undefined {
  if (!/^(@\/|\.)/.test(named)) return undefined
  const path = named.startsWith("@/") ? named.slice(2) : new URL(named, `file:///${from}`).pathname.slice(1)
  return [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((one) => sources.has(one))
}

/** What only types need is gone when the page runs. */
const TYPES = /import type [^"]*"[^"]+"/g
const imported = (file: string, how: RegExp) =>
  [...(sources.get(file) ?? "").replace(TYPES, "").matchAll(how)].flatMap(
    (match) => fileOf(file, match[1] ?? "") ?? [],
  )
const STATIC = /(?:from|import) "([^"]+)"/g
const LAZY = /import\("([^"]+)"\)/g
const rooms = new Set(imported("router.tsx", LAZY))

/** A file and everything that comes with it, also later, but no other room. */
function along(...roots: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const todo = [...roots]
  for (let file = todo.pop(); file; file = todo.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    todo.push(...imported(file, STATIC), ...imported(file, LAZY).filter((one) => !rooms.has(one)))
  }
  return seen
}

const all = new Set(every.flatMap((words) => keysOf(words)))
/** What a text says: whole keys, and those whose last parts are only known when it is said. */
function said(text: string): Set<string> {
  const whole = [...text.matchAll(/["`]([a-z_]+(?:\.[a-z_0-9.]+)+)["`]/gi)].map((match) => match[1] ?? "")
  const parts = [...text.matchAll(/`([a-z_]+\.[^`\s]*\$\{[^`]*)`/gi)].map((match) => {
    const shape = (match[1] ?? "").split(/\$\{[^}]*\}/).map((part) => part.replaceAll(".", "\\."))
    return new RegExp(`^${shape.join(".+")}$`)
  })
  return new Set([
    ...whole.filter((key) => all.has(key)),
    ...[...all].filter((key) => parts.some((one) => one.test(key))),
  ])
}

const mute = (files: Iterable<string>, ...catalogues: readonly object[]) => {
  const known = new Set(catalogues.flatMap((words) => keysOf(words)))
  return [...files].flatMap((file) => [...said(sources.get(file) ?? "")].filter((key) => !known.has(key)))
}

test("every key is said somewhere", () => {
  const used = new Set([...sources.values()].flatMap((text) => [...said(text)]))
  expect([...all].filter((key) => !used.has(key))).toEqual([])
})

test("the shell says only what it brings", () => {
  expect(mute(along("main.tsx"), words("shell"))).toEqual([])
})

test("the desk says only what it brings", () => {
  expect(mute(along("work/workbench.tsx"), ...desk)).toEqual([])
})

test("no key is in two catalogues", () => {
  const keys = every.flatMap((words) => [...new Set(keysOf(words))])
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([])
})
