export interface Source {
  readonly name: string
  readonly stated: boolean
  readonly title: string
  readonly origin: string
  readonly licence: string | null
  readonly consent: string | null
  readonly residency: string | null
  readonly retention: number | null
  readonly contact: string | null
  readonly withdrawn: string | null
  readonly imports: number
  readonly items: number
  readonly releases: readonly string[]
}

export interface GoldRelease {
  readonly id: string
  readonly name: string
  readonly number: number
}

export interface Collision {
  readonly external_id: string
  readonly way: string
  readonly evaluation: string
  readonly evaluation_id: string
}

/** What holding rows against evaluation sets found. */
export interface Compared {
  readonly about: string
  readonly against: readonly string[]
  readonly rows: number
  readonly collide: number
  readonly share: number | null
  readonly ways: Readonly<Record<string, number>>
  readonly words: number
  readonly collisions: readonly Collision[]
}

export interface SigningKey {
  readonly fingerprint: string
  readonly signs_now: boolean
  readonly made_by: string
  readonly made_at: number
  readonly because: string
  readonly vouched: boolean
  readonly withdrawn: boolean
}
