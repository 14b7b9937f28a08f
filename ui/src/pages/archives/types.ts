export interface Person {
  readonly name: string
  readonly sign_in: string | null
  readonly organisation: string | null
  readonly seats: readonly string[]
}

/** What an archive holds, and whether it is what it says. */
export interface Check {
  readonly outcome: "pass" | "unknown" | "fail"
  readonly programme: string
  readonly organisation: string
  readonly fingerprint: string
  readonly counts: Readonly<Record<string, number>>
  readonly blocks: number
  readonly events: number
  readonly people: readonly Person[]
  readonly problems: readonly string[]
}

/** The programme that an archive became. */
export interface Opened {
  readonly programme: string
  readonly stood_in_for: readonly string[]
  readonly masked: number
}

/** How somebody of an archive comes: without a sign-in, as somebody who signs in here, or under another name. */
export interface Answer {
  readonly how: "keep" | "account" | "alias"
  readonly name: string
}

export const KEEP: Answer = { how: "keep", name: "" }
