import type { Body } from "./editor"

/** What an item brings, read the way its task reads it. */

const KNOWN = new Set(["text", "prompt", "response", "responses", "steps", "turns"])

const textIn = (part: unknown): string => {
  if (typeof part === "string") return part
  const { text } = (part ?? {}) as { text?: unknown }
  return typeof text === "string" ? text : ""
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const stringOf = (body: Body, field: string): string => textIn(body[field])

export const responsesOf = (body: Body): string[] => list(body.responses).map(textIn)

export const stepsOf = (body: Body): string[] => list(body.steps).map(textIn)

export interface Turn {
  readonly role: string
  readonly text: string
}

export const turnsOf = (body: Body): Turn[] =>
  list(body.turns).map((turn) => ({
    role: String((turn as { role?: unknown } | null)?.role ?? ""),
    text: textIn(turn),
  }))

/** What is neither text nor response nor turn: shown by name above the rest. */
export const restOf = (body: Body): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([key]) => !KNOWN.has(key)))
