import { IconRefresh } from "@tabler/icons-react"
import { useStore } from "@/lib/store"
import { outbox } from "@/work/outbox"
import { t } from "./i18n"
import { missing } from "./newer"

/** What to do where a part of the page cannot be fetched, and what becomes of what was typed. */
export function MissingLine() {
  const why = useStore(missing)
  const { durable } = useStore(outbox)
  if (!why) return null
  return (
    <div className="missing-line" role="alert">
      <span>
        {t(`missing.${why}`)} {t(durable ? "missing.kept" : "missing.not_kept")}
      </span>
      <button type="button" className="btn small" onClick={() => location.reload()}>
        <IconRefresh size={14} aria-hidden /> {t("missing.reload")}
      </button>
    </div>
  )
}
