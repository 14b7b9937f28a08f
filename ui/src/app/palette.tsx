import { Spotlight, spotlight } from "@mantine/spotlight"
import "@mantine/core/styles/ScrollArea.css"
import "@mantine/spotlight/styles.css"
import "@mantine/core/styles/ActionIcon.css"
import "@mantine/core/styles/Popover.css"
import "@mantine/core/styles/Input.css"
import { useEffect, useState } from "react"
import { InMantine } from "@/parts/mantine"
import { keysOf, runCommand, useCommandList } from "./commands"
import { t } from "./i18n"
import { pretty } from "./keys"

/** Everything that can be done here, by name. */
export default function Palette({ close }: { close: () => void }) {
  // As it was when the palette opened: a dialog in front must not change what is on offer.
  const [commands] = useState(
    useCommandList().filter((command) => !command.quiet && (command.when?.() ?? true)),
  )
  useEffect(() => spotlight.open(), [])
  return (
    <InMantine>
      <Spotlight
        onSpotlightClose={close}
        shortcut={null}
        lockScroll={false}
        nothingFound={t("palette.nothing")}
        searchProps={{ placeholder: t("palette.hint"), "aria-label": t("palette.hint") }}
        highlightQuery
        scrollable
        maxHeight={420}
        attributes={{ content: { "aria-label": t("palette.title") } }}
        transitionProps={{ duration: 0 }}
        actions={commands.map((command) => {
          const keys = keysOf(command)[0]
          return {
            id: command.id,
            label: command.title,
            description: t(`scope.${command.scope}`),
            onClick: () => setTimeout(() => runCommand(command.id), 0),
            rightSection: keys ? <kbd>{pretty(keys)}</kbd> : undefined,
          }
        })}
      />
    </InMantine>
  )
}
