import { queryOptions } from "@tanstack/react-query"
import { get } from "@/api/http"
import type { OpenQueue, Rows } from "@/api/nouns"

/** Where one may take work from; asked for now and then, because colleagues work there, too. */
export const openQueues = queryOptions({
  queryKey: ["work", "queues"],
  queryFn: () => get<Rows<OpenQueue>>("/work/queues"),
  refetchInterval: 15_000,
})

interface Where {
  readonly programme?: string | undefined
  readonly queue?: string | undefined
}

/** How many works are ready there. */
export const readyIn = (rows: readonly OpenQueue[], { programme, queue }: Where): number =>
  rows
    .filter((row) => (!programme || row.programme_id === programme) && (!queue || row.queue === queue))
    .reduce((sum, { open }) => sum + open, 0)
