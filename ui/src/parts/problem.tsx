import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react"
import { Refusal } from "@/api/http"
import { t } from "@/app/i18n"
import { isMissing } from "@/app/newer"

/** What went wrong, in one line, with a way on and the number to quote. */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const refusal = error instanceof Refusal ? error : null
  const said = isMissing(error) ? t("missing.part") : error instanceof Error ? error.message : String(error)
  const sentence = refusal?.sentence ?? said
  return (
    <div className="problem" role="alert">
      <IconAlertTriangle size={17} aria-hidden />
      <span>{sentence}</span>
      {refusal?.detail.request_id && (
        <span className="dim mono">{t("problem.request", { id: refusal.detail.request_id })}</span>
      )}
      {retry && (
        <button type="button" className="btn small" onClick={retry}>
          <IconRefresh size={14} aria-hidden /> {t("problem.retry")}
        </button>
      )}
    </div>
  )
}
