import { IconCoffee } from "@tabler/icons-react"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useEffect, useState } from "react"
import { Refusal } from "@/api/http"
import { type OpenQueue, QUEUES, type Queue } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { TopBar } from "@/app/top-bar"
import { count } from "@/lib/format"
import DevicesToState from "@/parts/devices"
import { Empty } from "@/parts/empty"
import { Key } from "@/parts/key"
import { Problem } from "@/parts/problem"
import TermsToAccept from "@/parts/terms"
import { Action } from "./action-bar"
import { readyIn } from "./open-queues"
import { RecentList, undoLast } from "./recent"

const PATIENCE = 2_000

/** True where the server cannot be reached or fails: it will be asked again without anybody's doing. */
export const isAway = (problem: unknown): boolean =>
  problem instanceof Refusal && (problem.status === 0 || problem.status >= 500)

/** True where somebody has no work before a thing about themselves is settled, as an exam: their own page says it. */
const isStopped = (problem: unknown): boolean => problem instanceof Refusal && problem.status === 403

/** True where a programme's data-handling terms, or a device to be stated, stand before its work. */
export const asksForTerms = (problem: unknown): boolean =>
  problem instanceof Refusal && (problem.detail.field === "terms" || problem.detail.field === "devices")

/** The terms to accept and the device to state, in place of work. */
export function TermsFirst({ done }: { done: () => void }) {
  return (
    <div className="frame">
      <TopBar crumbs={<h1>{t("place.work")}</h1>} />
      <main className="page" id="main">
        <TermsToAccept done={done} />
        <DevicesToState done={done} />
      </main>
    </div>
  )
}

/** The desk with nothing on it: what was decided last stays where it was, and the way back to it. */
function Cleared({ children }: { children: ReactNode }) {
  useCommands([
    {
      id: "work.undo",
      title: t("work.undo"),
      keys: ["z", "mod+z"],
      scope: "work",
      run: () => void undoLast(null),
    },
  ])
  return (
    <div className="bench">
      <TopBar crumbs={<h1>{t("place.work")}</h1>} />
      <div className="desk">
        <main className="canvas" id="main" tabIndex={-1}>
          {children}
        </main>
        <aside className="side" aria-label={t("work.panel")}>
          <RecentList />
        </aside>
      </div>
      <section className="actions" aria-label={t("work.actions")}>
        <Action id="work.undo" tone="quiet" />
      </section>
    </div>
  )
}

interface AwayProps {
  readonly problem: unknown
  readonly retry: (() => void) | undefined
  /** Items are on the desk to go on with. */
  readonly items?: boolean
}

/** The server cannot be reached, or fails: what becomes of the answers, in one sentence. */
export function Away({ problem, retry, items = false }: AwayProps) {
  const id = problem instanceof Refusal && problem.detail.request_id
  return (
    <div className="banner warn row" role="alert">
      <span className="grow">{t(items ? "desk.away" : "desk.away_empty")}</span>
      {id && <span className="dim mono">{t("problem.request", { id })}</span>}
      {retry && (
        <button type="button" className="btn small" onClick={retry}>
          {t("problem.retry")}
        </button>
      )}
    </div>
  )
}

interface WaitingProps {
  readonly problem?: unknown
  readonly retry?: () => void
}

/** While there is no item to show: loading, or why not. */
export function Waiting({ problem, retry }: WaitingProps) {
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    const patience = setTimeout(() => setSlow(true), PATIENCE)
    return () => clearTimeout(patience)
  }, [])
  return (
    <Cleared>
      {problem ? (
        <>
          {isAway(problem) ? (
            <Away problem={problem} retry={retry} />
          ) : (
            <Problem error={problem} {...(retry && !isStopped(problem) ? { retry } : {})} />
          )}
          {isStopped(problem) && (
            <p>
              <Link className="btn" to="/me">
                {t("work.own_page")}
              </Link>
            </p>
          )}
        </>
      ) : (
        <div className="skeleton" role="status" aria-label={t("work.loading")}>
          <i />
          <i />
          <i />
          {slow && <p className="dim">{t("desk.slow")}</p>}
        </div>
      )}
    </Cleared>
  )
}

interface EmptyProps {
  readonly queue: Queue | undefined
  readonly queues: readonly OpenQueue[]
  readonly leave: () => void
}

export function EmptyQueue({ queue, queues, leave }: EmptyProps) {
  useCommands([{ id: "work.choose", title: t("work.choose"), keys: ["Enter"], scope: "work", run: leave }])
  const elsewhere = QUEUES.filter((name) => name !== queue && readyIn(queues, { queue: name }) > 0)
  return (
    <Cleared>
      <Empty
        icon={<IconCoffee size={34} stroke={1.5} aria-hidden />}
        title={queue ? t("work.empty_queue", { queue: t(`queue.${queue}`) }) : t("work.empty")}
        because={t("work.empty_because")}
      >
        {elsewhere.length > 0 && (
          <p>
            {t("work.elsewhere", {
              list: elsewhere
                .map((name) => `${t(`queue.${name}`)} ${count(readyIn(queues, { queue: name }))}`)
                .join(" · "),
            })}
          </p>
        )}
        <button type="button" className="btn primary" onClick={leave}>
          {t("work.choose")} <Key of="work.choose" />
        </button>
      </Empty>
    </Cleared>
  )
}
