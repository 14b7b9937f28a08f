import { IconCopy } from "@tabler/icons-react"
import { t } from "@/app/i18n"
import { tell } from "./notice"

/** An id that can be taken along: shown as it is, copied with a click. */
export function CopyId({ id }: { id: string }) {
  return (
    <button
      type="button"
      className="copy-id mono"
      aria-label={t("copy.id", { id })}
      onClick={() => void navigator.clipboard.writeText(id).then(() => tell(t("copy.done")))}
    >
      {id} <IconCopy size={13} aria-hidden />
    </button>
  )
}
