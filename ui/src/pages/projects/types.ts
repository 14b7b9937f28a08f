export interface Author {
  readonly author: string
  readonly address: string | null
  readonly said: number
  readonly taken: string | null
  readonly may_be: readonly string[]
}

/** What a project would become. */
export interface Survey {
  readonly programme: string
  readonly exists: boolean
  readonly yaml: string | null
  readonly counts: Readonly<Record<string, number>>
  readonly lost: readonly { what: string; times: number }[]
  readonly rejects: readonly {
    field: string
    expected: string
    times: number
    line: number
    found: string
  }[]
  readonly authors: readonly Author[]
  readonly models: readonly { model: string; version: string; said: number }[]
}

/** Who an author is: they keep their name, sign in here, or are kept under another name. */
export interface Answer {
  readonly how: "own" | "is" | "as"
  readonly name: string
}
