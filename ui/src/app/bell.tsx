import { IconBell } from "@tabler/icons-react"
import { useInfiniteQuery } from "@tanstack/react-query"
import { Suspense, useState } from "react"
import { get } from "@/api/http"
import type { News, Rows } from "@/api/nouns"
import { part } from "@/lib/part"
import { useCommands } from "./commands"
import { t } from "./i18n"

const NewsList = part(() => import("./news-list"))

const EVERY = 20_000

interface Page extends Rows<News> {
  unseen: number
}

/** What happened that one should know of: a bell with how much of it is new, and the list behind it. */
export function Bell() {
  const [open, setOpen] = useState(false)
  const news = useInfiniteQuery({
    queryKey: ["news"],
    queryFn: ({ pageParam }) => get<Page>("/news", { after: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: EVERY,
  })
  const unseen = news.data?.pages[0]?.unseen ?? 0
  useCommands([{ id: "news", title: t("news.title"), keys: ["g n"], scope: "go", run: () => setOpen(true) }])
  const rows = news.data?.pages.flatMap((page) => page.rows) ?? []
  return (
    <>
      <button
        type="button"
        className="bell"
        title={t("news.title")}
        aria-label={unseen ? t("news.bell", { count: unseen }) : t("news.title")}
        onClick={() => setOpen(true)}
      >
        <IconBell size={19} stroke={1.7} aria-hidden />
        {unseen > 0 && <span className="bell-count num">{unseen > 99 ? "99+" : unseen}</span>}
      </button>
      {open && (
        <Suspense>
          <NewsList
            rows={rows}
            close={() => setOpen(false)}
            {...(news.hasNextPage ? { more: () => void news.fetchNextPage() } : {})}
          />
        </Suspense>
      )}
    </>
  )
}
