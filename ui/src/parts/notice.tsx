import { store, useStore } from "@/lib/store"

interface Notice {
  readonly text: string
  readonly at: number
}

const STAYS = 5_000

const notice = store<Notice | null>(null)
let gone: ReturnType<typeof setTimeout> | undefined

/** Says a sentence at the foot of the page and to a screen reader, for a moment. */
export function tell(text: string): void {
  clearTimeout(gone)
  notice.set({ text, at: Date.now() })
  gone = setTimeout(() => notice.set(null), STAYS)
}

export function Notices() {
  const now = useStore(notice)
  return (
    <div className="notices" role="status" aria-live="polite">
      {now && (
        <span key={now.at} className="notice">
          {now.text}
        </span>
      )}
    </div>
  )
}
