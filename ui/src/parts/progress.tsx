import type { Progress } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, percent } from "@/lib/format"

/** How much is decided, disputed and still open, as a bar and in words. */
export function ProgressLine({ progress }: { progress: Progress }) {
  const { items, decided, disputed, open } = progress
  const share = (part: number) => (items > 0 ? (100 * part) / items : 0)
  return (
    <div className="progress-line">
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="6" className="rest" />
        <rect width={share(decided)} height="6" className="decided" />
        <rect x={share(decided)} width={share(disputed)} height="6" className="disputed" />
      </svg>
      <p className="num">
        <b>{items > 0 ? percent(decided / items) : "–"}</b>{" "}
        {t("progress.decided", { decided: count(decided), items: count(items) })}
        <span className="dim">
          {" "}
          · {t("progress.open", { count: open })} · {t("progress.disputed", { count: disputed })}
        </span>
      </p>
    </div>
  )
}
