import { createTheme, MantineProvider } from "@mantine/core"
import type { ReactNode } from "react"
import { useStore } from "@/lib/store"
import { scheme, shownScheme } from "./theme"

const theme = createTheme({ fontFamily: "var(--ui)", defaultRadius: "sm" })

/** Mantine without style elements: its variables come from a stylesheet, so that the CSP can stay strict. */
export function Themed({ children }: { children: ReactNode }) {
  useStore(scheme)
  return (
    <MantineProvider
      theme={theme}
      withCssVariables={false}
      withGlobalClasses={false}
      forceColorScheme={shownScheme()}
    >
      {children}
    </MantineProvider>
  )
}
