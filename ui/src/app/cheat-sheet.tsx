import { Link } from "@tanstack/react-router"
import { Dialog } from "@/parts/dialog"
import { keysOf, type Scope, useCommandList } from "./commands"
import { t } from "./i18n"
import { pretty } from "./keys"

const ORDER: readonly Scope[] = ["work", "labels", "text", "table", "go", "general"]

/** The keys of this page, as they are now. */
export default function CheatSheet({ close }: { close: () => void }) {
  const commands = useCommandList().filter((command) => !command.quiet && keysOf(command).length > 0)
  return (
    <Dialog title={t("help.title")} close={close} size="xl">
      <div className="sheet">
        {ORDER.filter((scope) => commands.some((command) => command.scope === scope)).map((scope) => (
          <section key={scope}>
            <h3>{t(`scope.${scope}`)}</h3>
            <dl>
              {commands
                .filter((command) => command.scope === scope)
                .map((command) => (
                  <div key={command.id}>
                    <dt>{command.title}</dt>
                    <dd>
                      {keysOf(command).map((keys) => (
                        <kbd key={keys}>{pretty(keys)}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="dim">
        {t("help.change")}{" "}
        <Link to="/settings" onClick={close}>
          {t("help.settings")}
        </Link>
      </p>
    </Dialog>
  )
}
