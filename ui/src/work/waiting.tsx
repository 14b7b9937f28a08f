import { IconCoffee } from "@tabler/icons-react"
import { QUEUES, type Queue } from "@/api/nouns"
import { t } from "@/app/i18n"
import { TopBar } from "@/app/top-bar"
import { count } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Problem } from "@/parts/problem"

/** While there is no item to show: loading, or why not. */
export function Waiting({ problem, retry }: { problem?: unknown; retry?: () => void }) {
  return (
    <section className="frame" aria-label={t("work.bench")}>
      <TopBar crumbs={<b>{t("place.work")}</b>} />
      <main className="page" id="main">
        {problem ? (
          <Problem error={problem} {...(retry ? { retry } : {})} />
        ) : (
          <div className="skeleton" role="status" aria-label={t("work.loading")}>
            <i />
            <i />
            <i />
          </div>
        )}
      </main>
    </section>
  )
}

interface EmptyProps {
  readonly queue: Queue | undefined
  readonly open: Readonly<Record<Queue, number>> | null
  readonly leave: () => void
}

export function EmptyQueue({ queue, open, leave }: EmptyProps) {
  const elsewhere = QUEUES.filter((name) => name !== queue && (open?.[name] ?? 0) > 0)
  return (
    <section className="frame" aria-label={t("work.bench")}>
      <TopBar crumbs={<b>{t("place.work")}</b>} />
      <main className="page" id="main">
        <Empty
          icon={<IconCoffee size={34} stroke={1.5} aria-hidden />}
          title={queue ? t("work.empty_queue", { queue: t(`queue.${queue}`) }) : t("work.empty")}
          because={t("work.empty_because")}
        >
          {elsewhere.length > 0 && (
            <p>
              {t("work.elsewhere", {
                list: elsewhere.map((name) => `${t(`queue.${name}`)} ${count(open?.[name] ?? 0)}`).join(" · "),
              })}
            </p>
          )}
          <button type="button" className="btn primary" onClick={leave}>
            {t("work.choose")}
          </button>
        </Empty>
      </main>
    </section>
  )
}
