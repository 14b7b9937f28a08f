import { useQueries } from "@tanstack/react-query"
import { get } from "@/api/http"
import type { Guidance, Ontology } from "@/api/nouns"
import { type Entry, tree } from "@/editors/labels"

/** The labels in force in some programmes, by the programme's name: for pages that only have ids. */
export function useLabelNames(programmes: readonly string[]): ReadonlyMap<string, readonly Entry[]> {
  const names = [...new Set(programmes)]
  const found = useQueries({
    queries: names.map((programme) => ({
      queryKey: ["labels", programme],
      queryFn: async () => {
        const { ontology_id } = await get<Guidance>(`/work/guidance/${encodeURIComponent(programme)}`)
        return tree((await get<Ontology>(`/ontologies/${ontology_id}`)).labels)
      },
      staleTime: 60_000,
    })),
  })
  return new Map(names.map((programme, at) => [programme, found[at]?.data ?? []]))
}
