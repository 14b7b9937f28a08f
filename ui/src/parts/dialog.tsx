import { Modal } from "@mantine/core"
import type { ReactNode } from "react"
import { t } from "@/app/i18n"
import { InMantine } from "./mantine"

interface Props {
  readonly title: string
  readonly close: () => void
  readonly size?: "md" | "lg" | "xl" | number
  readonly children: ReactNode
}

/** A dialog. The page behind it is not locked: locking writes a style element, which the CSP refuses. */
export function Dialog({ title, close, size = "md", children }: Props) {
  return (
    <InMantine>
      <Modal
        opened
        onClose={close}
        title={title}
        size={size}
        lockScroll={false}
        closeButtonProps={{ "aria-label": t("dialog.close") }}
        attributes={{ header: { role: "presentation" } }}
        transitionProps={{ duration: 0 }}
      >
        {children}
      </Modal>
    </InMantine>
  )
}
