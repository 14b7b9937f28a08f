import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query"
import { get, post, Refusal } from "@/api/http"
import type { Guidance, GuidedClause, Precedent, Rows } from "@/api/nouns"
import { remembered } from "@/lib/store"
import { sendFirst } from "./outbox"

const FRESH = 30_000

/** Clauses that were opened here and of which the server does not know yet. */
const opened = remembered<{ programme: string; clause: string; version: number }[]>("opened-clauses", [])

export const guidanceOf = (programme: string) =>
  queryOptions({
    queryKey: ["guidance", programme],
    queryFn: async () => {
      await report()
      return get<Guidance>(`/work/guidance/${programme}`)
    },
    staleTime: FRESH,
    refetchInterval: FRESH,
  })

export const useGuidance = (programme: string) => useQuery(guidanceOf(programme)).data

export const usePrecedents = (programme: string): readonly Precedent[] =>
  useQuery({
    queryKey: ["precedents", programme],
    queryFn: () => get<Rows<Precedent>>(`/programmes/${programme}/precedents`, { limit: 200 }),
    staleTime: FRESH,
    refetchInterval: FRESH,
  }).data?.rows ?? []

/** Marks a clause as read: at once here, and on the record as soon as the server answers. */
export function useOpenClause(programme: string): (clause: GuidedClause) => void {
  const queries = useQueryClient()
  return ({ id, version }) => {
    opened.set((now) => [...now, { programme, clause: id, version }])
    queries.setQueryData(
      guidanceOf(programme).queryKey,
      (now) =>
        now && {
          ...now,
          clauses: now.clauses.map((one) => (one.id === id ? { ...one, unread: false } : one)),
        },
    )
    void report()
  }
}

let reported: Promise<void> = Promise.resolve()
/** Tells the server what was opened: one at a time, and before the answers that rest on it. */
const report = (): Promise<void> => {
  reported = reported.then(reportAll, reportAll)
  return reported
}
sendFirst(report)

async function reportAll(): Promise<void> {
  for (const one of opened.get()) {
    try {
      const { programme, clause, version } = one
      await post(`/work/guidance/${programme}/read`, { clause, version })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.status === 0 || error.status === 401 || error.status >= 500) return
    }
    opened.set((now) => now.filter((other) => other !== one))
  }
}

/** Every label that an answer says, whatever its shape. */
export function labelsIn(answer: unknown): Set<string> {
  const found = new Set<string>()
  const look = (value: unknown, key: string) => {
    if (typeof value === "string" && value !== "" && (key === "label" || key === "labels")) found.add(value)
    else if (Array.isArray(value)) for (const one of value) look(one, key)
    else if (value && typeof value === "object")
      for (const [name, one] of Object.entries(value)) look(one, name)
  }
  look(answer, "")
  return found
}

/** The changed clauses that an answer falls under: those of its labels, and those for all labels. */
export const unreadFor = (guidance: Guidance | undefined, labels: ReadonlySet<string>): GuidedClause[] =>
  guidance?.clauses.filter(({ unread, label }) => unread && (label === null || labels.has(label))) ?? []
