import { queryOptions, useQuery } from "@tanstack/react-query"
import type { AnyEditor } from "./editor"

/** Where each task's editor is: a file that is fetched when the first work of the kind comes. */
const EDITORS: Readonly<Record<string, () => Promise<{ readonly default: unknown }>>> = {
  "aspects.v1": () => import("./aspects"),
  "choice.v1": () => import("./choice"),
  "coreference.v1": () => import("./coreference"),
  "relations.v1": () => import("./relations"),
  "roles.v1": () => import("./roles"),
  "spans.v1": () => import("./spans"),
  "rating.v1": () => import("./rating"),
  "pairwise.v1": () => import("./pairwise"),
  "ranking.v1": () => import("./ranking"),
  "write.v1": () => import("./write"),
  "steps.v1": () => import("./steps"),
  "turns.v1": () => import("./turns"),
}

/** The editor of a task; null where this interface has none. */
export const editorQuery = (task: string | undefined) =>
  queryOptions({
    queryKey: ["editor", task],
    queryFn: async () => {
      const module = await EDITORS[task ?? ""]?.()
      return (module?.default ?? null) as AnyEditor | null
    },
    enabled: task !== undefined,
    networkMode: "always",
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })

export const useEditor = (task: string | undefined) => useQuery(editorQuery(task))
