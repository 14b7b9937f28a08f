import { Link } from "@tanstack/react-router"
import type { QueueRow } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count } from "@/lib/format"

/** The open work by queue and tier, each a way to do it; a batch also says what is in hand and done. */
export function QueueCards({ queues, programme_id }: { queues: readonly QueueRow[]; programme_id: string }) {
  if (queues.length === 0) return null
  return (
    <ul className="queue-cards">
      {queues.map(({ queue, tier, ready, leased, done }) => (
        <li key={`${queue}.${tier}`}>
          <Link to="/work" search={{ programme: programme_id, queue }}>
            <span>
              {t(`queue.${queue}`)} <small>{t("work.tier", { tier })}</small>
            </span>
            <b className="num">{count(ready)}</b>
            {leased !== undefined && done !== undefined && (
              <small className="num">{t("queues.rest", { leased: count(leased), done: count(done) })}</small>
            )}
          </Link>
        </li>
      ))}
    </ul>
  )
}
