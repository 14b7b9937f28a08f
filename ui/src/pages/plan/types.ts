/** A number over the runs of a plan: its median with the middle of them; null with its reason. */
export interface Spread {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly because: string | null
}

export interface PlanHead {
  readonly id: string
  readonly name: string
  readonly kind: "plan" | "replay"
  readonly by: string | null
  readonly made_at: number
}

export interface Input {
  readonly input: string
  readonly value: number | boolean
  readonly low: number | null
  readonly high: number | null
  readonly origin: "assumed" | "measured" | "default"
  readonly n: number
  readonly eligible: number
  readonly method: string
}

export interface Warned {
  readonly about: string
  readonly because: string
}

export interface Risk {
  readonly term: string
  readonly promise: string
  readonly risk: number | null
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly because: string
}

export interface TierLoad {
  readonly tier: number
  readonly demand: Spread
  readonly standing: Spread
  readonly load: Spread
}

export interface Surge {
  readonly factor: number
  readonly days: Spread
  readonly tiers: readonly {
    readonly tier: number
    readonly oldest_days: Spread
    readonly backlog_hours: Spread
  }[]
}

export interface Crew {
  readonly crew: string
  readonly people: number
  readonly tiers: readonly number[]
  readonly skills: readonly string[]
  readonly languages: readonly string[]
  readonly works: boolean
}

export interface Policied {
  readonly policy: string
  readonly currency: string
  readonly rules: readonly {
    readonly rule: string
    readonly to: string
    readonly tier: number
    readonly share: Spread
  }[]
  readonly hours: Spread
  readonly proof_hours: Spread
  readonly cost: Spread
  readonly accuracy: Spread
  readonly accuracy_unseen: Spread
  readonly saved_hours: Spread
  readonly saved_cost: Spread
  readonly accuracy_over_hand: Spread
  readonly over_first: { readonly hours: Spread; readonly cost: Spread; readonly accuracy: Spread }
  readonly days: Spread
  readonly sla: readonly Risk[]
  readonly capacity: {
    readonly crews: readonly Crew[]
    readonly tiers: readonly TierLoad[]
    readonly surges: readonly Surge[]
    readonly because: string | null
  }
}

export interface End {
  readonly at: string
  readonly hours: number
  readonly cost: number | null
  readonly accuracy: number
  readonly days: number | null
  readonly verified: number
}

export interface Swing {
  readonly input: string
  readonly low: End
  readonly high: End
}

export interface Line {
  readonly of: "hours" | "cost" | "accuracy"
  readonly predicted: Spread
  readonly measured: Spread & { readonly eligible: number }
  readonly covered: boolean | null
}

export interface Plan extends PlanHead {
  readonly runs: number
  readonly seed: number
  readonly level: number
  readonly method: string
  readonly digest: string
  readonly because?: string
  readonly items?: number
  readonly assumptions?: string | null
  readonly inputs?: readonly Input[]
  readonly warnings?: readonly Warned[]
  readonly policies?: readonly Policied[]
  readonly sensitivity?: {
    readonly policy: string
    readonly runs: number
    readonly middle: Omit<End, "at">
    readonly inputs: readonly Swing[]
  }
  readonly currency?: string
  readonly covered?: number
  readonly of?: number
  readonly pairs?: readonly {
    readonly from: string
    readonly batch: string
    readonly items: number
    readonly lines: readonly Line[]
  }[]
}
