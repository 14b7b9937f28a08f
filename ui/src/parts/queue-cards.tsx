import { Link } from "@tanstack/react-router"
import type { QueueRow } from "@/api/nouns"
import { useMe } from "@/api/session"
import { t } from "@/app/i18n"
import { count } from "@/lib/format"

interface Props {
  readonly queues: readonly QueueRow[]
  readonly programme: { readonly id: string; readonly name: string }
  /** The batch whose work it is; left out where it is that of the whole programme. */
  readonly batch?: string
}

/** The open work by queue and tier: each number leads to its items, and who works at the tier to the work itself. */
export function QueueCards({ queues, programme, batch }: Props) {
  const { data: me } = useMe()
  if (queues.length === 0) return null
  const mine = me?.tiers[programme.id] ?? []
  const there = { to: "/p/$programme", params: { programme: programme.name } } as const
  const those = (tier: number) => ({ tab: "items", tier: String(tier), ...(batch ? { batch } : {}) })
  return (
    <ul className="queue-cards">
      {queues.map(({ queue, tier, ready, leased, done }) => (
        <li key={`${queue}.${tier}`}>
          <span>
            {t(`queue.${queue}`)} <small>{t("work.tier", { tier })}</small>
          </span>
          {mine.includes(tier) && ready > 0 && (
            <Link to="/work" search={{ programme: programme.id, queue }} className="small">
              {t("queues.work")}
            </Link>
          )}
          <Link
            {...there}
            search={{ ...those(tier), waits_in: queue }}
            className="count num"
            aria-label={t("queues.waits", { queue: t(`queue.${queue}`), tier, n: count(ready) })}
          >
            {count(ready)}
          </Link>
          {leased !== undefined && done !== undefined && (
            <small className="num">
              <Link {...there} search={{ ...those(tier), in_hand: queue }}>
                {t("queues.in_hand", { leased: count(leased) })}
              </Link>{" "}
              · {t("queues.done", { done: count(done) })}
            </small>
          )}
        </li>
      ))}
    </ul>
  )
}
