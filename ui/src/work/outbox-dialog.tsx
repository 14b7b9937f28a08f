import { t } from "@/app/i18n"
import { relative } from "@/lib/format"
import { useStore } from "@/lib/store"
import { Dialog } from "@/parts/dialog"
import { describe } from "./describe"
import { keepDraft } from "./drafts"
import { refill, reopenLater } from "./hand"
import { discard, type Letter, outbox, tryAgain } from "./outbox"
import { sayingOf } from "./saying"

/** Every answer that the server does not have yet, and what to do about those it will not take. */
export default function OutboxDialog({ close }: { close: () => void }) {
  const { letters, durable } = useStore(outbox)
  return (
    <Dialog title={t("outbox.title")} close={close}>
      {!durable && <p className="banner warn">{t("outbox.fragile")}</p>}
      {letters.length === 0 && <p>{t("outbox.none")}</p>}
      <ul className="letters">
        {letters.map((letter) => (
          <LetterRow key={letter.key} letter={letter} />
        ))}
      </ul>
    </Dialog>
  )
}

/** The answer becomes a draft again, and its item the next one, where it is still this person's. */
function reopen({ key, work_id, said }: Letter): void {
  keepDraft({ work_id, answer: said.answer, saying: sayingOf(said), at: Date.now() })
  reopenLater(work_id)
  void discard(key).then(refill)
}

function LetterRow({ letter }: { letter: Letter }) {
  const { said, refused, said_at } = letter
  return (
    <li>
      <p>
        <b>{t(`stance.${said.stance}`)}</b> {said.answer !== undefined && describe(said.answer)}{" "}
        <span className="dim">{relative(said_at * 1000)}</span>
      </p>
      {refused ? (
        <>
          <p className="status bad">{refused.sentence}</p>
          <p className="dim">
            {t(refused.status === 409 ? "outbox.conflict" : "outbox.refused")}
            {refused.request_id && <> {t("problem.request", { id: refused.request_id })}</>}
          </p>
          <div className="row">
            <button type="button" className="btn small" onClick={() => reopen(letter)}>
              {t("again.open")}
            </button>
            <button type="button" className="btn small" onClick={() => void tryAgain(letter.key)}>
              {t("outbox.again")}
            </button>
            <button
              type="button"
              className="btn small"
              onClick={() => void navigator.clipboard.writeText(JSON.stringify(said, null, 2))}
            >
              {t("outbox.copy")}
            </button>
            <button type="button" className="btn small danger" onClick={() => void discard(letter.key)}>
              {t("outbox.discard")}
            </button>
          </div>
        </>
      ) : (
        <p className="dim">{t("outbox.waiting")}</p>
      )}
    </li>
  )
}
