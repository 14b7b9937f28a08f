import { IconArrowBackUp } from "@tabler/icons-react"
import { get, post, Refusal } from "@/api/http"
import type { Assignment, Recent, Said } from "@/api/nouns"
import { t } from "@/app/i18n"
import type { Entry } from "@/editors/labels"
import { relative } from "@/lib/format"
import { store, useStore } from "@/lib/store"
import { GuardedRows } from "@/parts/guarded"
import { tell } from "@/parts/notice"
import { Run } from "@/parts/run"
import { describe } from "./describe"
import { pickUp } from "./hand"
import { useLabelNames } from "./label-names"
import { onStored, takeBack } from "./outbox"

/** One of the last ten decisions, whether it has reached the server or is still on its way. */
interface Noted extends Recent {
  /** The work itself, while it is still known here: needed to take an unsent answer back. */
  readonly work: Assignment | null
  /** The labels it was said with; of an earlier visit those in force are looked up. */
  readonly entries: readonly Entry[] | null
}

const LENGTH = 10
const noted = store<readonly Noted[]>([])
/** How many works this visit has answered. */
export const sessionCount = store(0)

export function noteDecision(
  work: Assignment,
  entries: readonly Entry[],
  text: string,
  said: Omit<Said, "key">,
): void {
  const row: Noted = {
    work,
    entries,
    work_id: work.work_id,
    item_id: work.item_id,
    programme: work.programme,
    text,
    queue: work.queue,
    stance: said.stance,
    answer: said.stance === "accept" ? (work.suggestion?.answer ?? null) : (said.answer ?? null),
    said_at: Date.now() * 1000,
    undoable: true,
    because_not: null,
    mark: work.mark ?? null,
  }
  noted.set((now) => [row, ...now.filter(({ work_id }) => work_id !== row.work_id)].slice(0, LENGTH))
  sessionCount.set((now) => now + 1)
}

/** What earlier visits decided; rows of this visit win, because they may be newer than the server's. */
export async function loadRecent(): Promise<void> {
  try {
    const { rows } = await get<{ rows: Recent[] }>("/work/recent", { limit: LENGTH })
    noted.set((now) => {
      const mine = new Set(now.map(({ work_id }) => work_id))
      const older = rows
        .filter(({ work_id }) => !mine.has(work_id))
        .map((row) => ({ ...row, work: null, entries: null }))
      return [...now, ...older].sort((a, b) => b.said_at - a.said_at).slice(0, LENGTH)
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

onStored(({ surplus }) => {
  if (surplus) tell(t("work.surplus"))
})

/** Takes the last decision back and puts its item on the desk again. */
export async function undoLast(current: Assignment | null): Promise<void> {
  const last = noted.get().find(({ undoable, work_id }) => undoable && work_id !== current?.work_id)
  if (last) await reopen(last)
  else tell(t("work.nothing_to_undo"))
}

async function reopen(row: Noted): Promise<void> {
  const unsent = await takeBack(row.work_id)
  if (unsent && row.work) {
    forget(row)
    pickUp({ ...row.work, mine: unsent.said })
    return
  }
  try {
    const work = await post<Assignment>(`/work/${row.work_id}/undo`, { key: crypto.randomUUID() })
    forget(row)
    pickUp(work)
    tell(t("work.undone"))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    tell(error.sentence)
  }
}

function forget(row: Noted): void {
  noted.set((now) => now.filter(({ work_id }) => work_id !== row.work_id))
  sessionCount.set((now) => Math.max(0, now - 1))
}

/** The last ten decisions, wherever they were made; each can be taken back while nothing has used it yet. */
export function RecentList() {
  const rows = useStore(noted)
  const names = useLabelNames(rows.filter(({ entries }) => !entries).map(({ programme }) => programme))
  const several = new Set(rows.map(({ programme }) => programme)).size > 1
  return (
    <section className="recent" aria-label={t("recent.title")}>
      <GuardedRows rows={rows} />
      <h2>{t("recent.title")}</h2>
      {rows.length === 0 && <p className="dim">{t("recent.none")}</p>}
      <ul>
        {rows.map((row) => (
          <li key={row.work_id}>
            <button
              type="button"
              className="recent-row"
              disabled={!row.undoable}
              title={row.because_not ?? t("recent.reopen")}
              onClick={() => void reopen(row)}
            >
              <IconArrowBackUp size={14} aria-hidden />
              <span className="recent-text" dir="auto">
                <Run text={row.text} at={0} />
              </span>
              <span className="recent-said">
                {t(`stance.${row.stance}`)}
                {row.answer !== null && (
                  <> · {describe(row.answer, row.entries ?? names.get(row.programme))}</>
                )}
                <span className="dim">
                  {several && <> · {row.programme}</>} · {relative(row.said_at)}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
