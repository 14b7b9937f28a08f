import { useInfiniteQuery } from "@tanstack/react-query"
import { get, type Query } from "@/api/http"
import type { Rows } from "@/api/nouns"

/** A list that the server pages: all rows so far, how to get the next, and what it leaves out. */
export function useRows<T>(path: string, query: Query = {}, every?: number) {
  const result = useInfiniteQuery({
    queryKey: ["rows", path, query],
    queryFn: ({ pageParam }) => get<Rows<T>>(path, { ...query, after: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
    ...(every ? { refetchInterval: every } : {}),
  })
  return {
    rows: result.data?.pages.flatMap(({ rows }) => rows),
    pages: result.data?.pages.length ?? 0,
    because: result.data?.pages[0]?.because,
    loading: result.isFetching && !result.isRefetching,
    error: result.error,
    retry: () => void result.refetch(),
    more: result.hasNextPage ? () => void result.fetchNextPage() : undefined,
  }
}
