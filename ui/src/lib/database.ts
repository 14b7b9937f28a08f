/** The browser's own store: answers on their way, drafts, and (only where policy allows) items in hand. */

export type Shelf = "outbox" | "drafts" | "held"

const NAME = "goldloop"
const PATIENCE = 10_000
let opened: Promise<IDBDatabase> | null = null

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore("outbox", { keyPath: "key" })
      request.result.createObjectStore("drafts", { keyPath: "work_id" })
      request.result.createObjectStore("held", { keyPath: "work_id" })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    // A store that never opens counts as one that is full: nobody waits for it before they may work.
    setTimeout(() => reject(new Error("the browser's store does not open")), PATIENCE)
  })
  return opened
}

/** Resolves when the transaction is complete, not when the request is: only then is the row on the disk. */
async function run<T>(shelf: Shelf, mode: IDBTransactionMode, act: (at: IDBObjectStore) => IDBRequest<T>) {
  const database = await open()
  return new Promise<T>((resolve, reject) => {
    const transaction = database.transaction(shelf, mode, { durability: "strict" })
    const request = act(transaction.objectStore(shelf))
    transaction.oncomplete = () => resolve(request.result)
    transaction.onerror = () => reject(transaction.error)
    transaction.onabort = () => reject(transaction.error)
  })
}

export const put = (shelf: Shelf, row: object) => run(shelf, "readwrite", (at) => at.put(row))
export const drop = (shelf: Shelf, key: string) => run(shelf, "readwrite", (at) => at.delete(key))
export const clear = (shelf: Shelf) => run(shelf, "readwrite", (at) => at.clear())
export const all = <T>(shelf: Shelf) => run<T[]>(shelf, "readonly", (at) => at.getAll() as IDBRequest<T[]>)
export const find = <T>(shelf: Shelf, key: string) =>
  run<T | undefined>(shelf, "readonly", (at) => at.get(key) as IDBRequest<T | undefined>)
