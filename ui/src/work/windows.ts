/**
 * Which works are in which window of this browser: one Web Lock each.
 *
 * Two windows of one person would else show the same item. A lock goes with its window, however that ends.
 */
const PREFIX = "goldloop.work."
const mine = new Map<string, () => void>()

const locks = (): LockManager | undefined => (navigator as { locks?: LockManager }).locks

/** Takes a work for this window; false where another has it. */
export function grab(work_id: string): Promise<boolean> {
  const manager = locks()
  if (!manager || mine.has(work_id)) return Promise.resolve(true)
  return new Promise((resolve) => {
    const held = (lock: Lock | null) => {
      if (!lock) return resolve(false)
      return new Promise<void>((release) => {
        mine.set(work_id, release)
        resolve(true)
      })
    }
    manager.request(PREFIX + work_id, { ifAvailable: true }, held).catch(() => resolve(true))
  })
}

export function letGo(work_id: string): void {
  mine.get(work_id)?.()
  mine.delete(work_id)
}

/** The works that other windows have. */
export async function elsewhere(): Promise<string[]> {
  const found = (await locks()?.query())?.held ?? []
  return found
    .map(({ name = "" }) => (name.startsWith(PREFIX) ? name.slice(PREFIX.length) : ""))
    .filter((work_id) => work_id !== "" && !mine.has(work_id))
}
