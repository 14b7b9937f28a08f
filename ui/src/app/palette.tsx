import { Spotlight, spotlight } from "@mantine/spotlight"
import "@mantine/core/styles/ScrollArea.css"
import "@mantine/spotlight/styles.css"
import "@mantine/core/styles/ActionIcon.css"
import "@mantine/core/styles/Popover.css"
import "@mantine/core/styles/Input.css"
import { useEffect, useState } from "react"
import { InMantine } from "@/parts/mantine"
import { keyShown, runCommand, type Scope, useCommandList } from "./commands"
import { t } from "./i18n"

/** What one may have come for first; the labels, which have digits, last. */
const ORDER: readonly Scope[] = ["work", "table", "go", "general", "text", "labels"]

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
        maxHeight={460}
        attributes={{ content: { "aria-label": t("palette.title") } }}
        transitionProps={{ duration: 0 }}
        actions={ORDER.map((scope) => ({
          group: t(`scope.${scope}`),
          actions: commands
            .filter((command) => command.scope === scope)
            .map((command) => {
              const keys = keyShown(command)
              return {
                id: command.id,
                label: command.title,
                onClick: () => setTimeout(() => runCommand(command.id), 0),
                rightSection: keys ? <kbd>{keys}</kbd> : undefined,
              }
            }),
        })).filter(({ actions }) => actions.length > 0)}
      />
    </InMantine>
  )
}
