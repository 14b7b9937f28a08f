import { IconAlertTriangle, IconCloudCheck, IconCloudOff, IconCloudUp } from "@tabler/icons-react"
import { Suspense, useState } from "react"
import { signedOut } from "@/api/http"
import { t } from "@/app/i18n"
import { part } from "@/lib/part"
import { useStore } from "@/lib/store"
import { outbox } from "./outbox"

const OutboxDialog = part(() => import("./outbox-dialog"))

/** Where the answers are: with the server, on their way, or waiting for something. */
export function SaveChip() {
  const { letters, online, read, durable } = useStore(outbox)
  const out = useStore(signedOut)
  const [open, setOpen] = useState(false)
  const refused = letters.filter(({ refused }) => refused !== null).length
  const count = letters.length - refused
  const [tone, Icon, text] = (() => {
    if (refused) return ["bad", IconAlertTriangle, t("save.refused", { count: refused })] as const
    if (count && out) return ["warn", IconCloudOff, t("save.signed_out", { count })] as const
    if (!online) return ["warn", IconCloudOff, t("save.offline", { count })] as const
    if (count && !durable) return ["warn", IconCloudUp, t("save.fragile", { count })] as const
    if (count) return ["", IconCloudUp, t("save.saving", { count })] as const
    if (!read) return ["", IconCloudUp, t("save.reading")] as const
    return ["ok", IconCloudCheck, t("save.saved")] as const
  })()
  return (
    <>
      <button type="button" className={`chip as-button ${tone}`} onClick={() => setOpen(true)}>
        <Icon size={15} aria-hidden />
        <span>{text}</span>
      </button>
      <span role="status" className="sr-only">
        {text}
      </span>
      <Suspense>{open && <OutboxDialog close={() => setOpen(false)} />}</Suspense>
    </>
  )
}
