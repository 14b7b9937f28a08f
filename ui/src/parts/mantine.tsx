import "@mantine/core/styles/default-css-variables.css"
import "@mantine/core/styles/UnstyledButton.css"
import "@mantine/core/styles/CloseButton.css"
import "@mantine/core/styles/Overlay.css"
import "@mantine/core/styles/Paper.css"
import "@mantine/core/styles/Group.css"
import "@mantine/core/styles/ModalBase.css"
import "@mantine/core/styles/Modal.css"
import "@/styles/mantine.css"
import { createTheme, MantineProvider } from "@mantine/core"
import type { ReactNode } from "react"
import { scheme, shownScheme } from "@/app/theme"
import { useStore } from "@/lib/store"

const theme = createTheme({ fontFamily: "var(--ui)", defaultRadius: "sm" })

/**
 * What Mantine's components stand in; fetched with the first of them. Without style elements: its variables come from
 * a stylesheet, so that the CSP can stay strict. The page's colour scheme is not its business.
 */
export function InMantine({ children }: { children: ReactNode }) {
  useStore(scheme)
  return (
    <MantineProvider
      theme={theme}
      withCssVariables={false}
      withGlobalClasses={false}
      forceColorScheme={shownScheme()}
      getRootElement={() => undefined}
    >
      {children}
    </MantineProvider>
  )
}
