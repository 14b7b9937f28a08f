import { Link } from "@tanstack/react-router"
import { Dialog } from "@/parts/dialog"
import { ChangeKey } from "./change-key"
import { covered, keysOf, type Scope, useCommandList } from "./commands"
import { t } from "./i18n"

const ORDER: readonly Scope[] = ["work", "labels", "text", "table", "go", "general"]

/** The keys of this page, as they are now; each is changed on the spot. */
export default function CheatSheet({ close }: { close: () => void }) {
  const here = useCommandList()
  const commands = here.filter((command) => !command.quiet && command.keys.length > 0 && !covered(command))
  const heard = here.filter((command) => keysOf(command).length > 0)
  return (
    <Dialog title={t("help.title")} close={close} size={1120}>
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
                      <ChangeKey command={command} among={heard} />
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
