import { useCallback, useEffect, useState } from "react"
import type { Assignment, Ontology, Said, Stance } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { type AnyEditor, textOf } from "@/editors/editor"
import type { Entry } from "@/editors/labels"
import { begin, change, type History, redo, undo } from "@/lib/history"
import { remembered, useStore } from "@/lib/store"
import { tell } from "@/parts/notice"
import { ActionBar } from "./action-bar"
import { type Draft, dropDraft, keepDraft } from "./drafts"
import { Guideline } from "./guideline"
import { putDown } from "./hand"
import { say } from "./outbox"
import { noteDecision, RecentList, undoLast } from "./recent"
import { Others, type Reason, ReasonList } from "./review"
import { Slip, type SlipKind } from "./slip"
import { useTimer } from "./timing"
import { WorkBar } from "./work-bar"

interface Props {
  readonly work: Assignment
  readonly editor: AnyEditor
  readonly ontology: Ontology
  readonly entries: readonly Entry[]
  readonly draft: Draft | undefined
  readonly lost: boolean
  readonly done: number
  readonly open: number | null
}

const guidelineShown = remembered("guideline-shown", true)

/** One item on the desk: its answer being made, and everything that can be done with it. Mounted anew for each. */
export function Desk({ work, editor, ontology, entries, draft, lost, done, open }: Props) {
  const [history, setHistory] = useState<History<unknown>>(() =>
    begin(editor.begin(work, draft?.answer ?? work.mine?.answer ?? undefined, entries)),
  )
  const [comment, setComment] = useState(draft?.comment ?? "")
  const [slip, setSlip] = useState<SlipKind | null>(null)
  const [active, setActive] = useState<string | null>(null)
  const [reason, setReason] = useState<Reason | null>(null)
  const [left, setLeft] = useState(false)
  const shown = useStore(guidelineShown)
  const timer = useTimer()
  const doc = history.now
  const changed = history.past.length > 0

  useEffect(() => {
    if (!changed && !comment) return
    const answer = editor.answerOf(work, doc)
    keepDraft({ work_id: work.work_id, task: work.task.name, answer, comment, at: Date.now() })
  }, [changed, doc, comment, editor, work])

  const edit = useCallback(
    (next: unknown) => {
      timer.act(performance.now())
      setHistory((now) => change(now, next))
    },
    [timer],
  )
  const send = (stance: Stance, extra: Partial<Pick<Said, "answer" | "comment" | "reason">> = {}) => {
    if (left) return
    setLeft(true)
    timer.act(performance.now())
    const said = { stance, ...(comment ? { comment } : {}), ...extra, ...timer.read(performance.now()) }
    noteDecision(work, textOf(work.body), said)
    void say(work.work_id, said).then(() => dropDraft(work.work_id))
    putDown(work.work_id)
  }
  const submit = () => {
    const lacking = editor.lacking(work, doc, entries)
    if (lacking) return tell(lacking)
    const answer = editor.answerOf(work, doc)
    if (work.queue === "annotate") return send("answer", { answer })
    if (work.queue === "verify") {
      const agreed = work.suggestion !== null && editor.same(answer, work.suggestion.answer)
      return agreed ? send("accept") : send("answer", { answer })
    }
    const disputed = work.others.some((other) => !editor.same(other.answer, answer))
    if (disputed && !reason) return tell(t("review.reason_needed"))
    return send("adjudicate", { answer, ...(reason ? { reason } : {}) })
  }
  const suggestion = work.queue === "verify" && work.suggestion !== null
  const verdict = suggestion
    ? {
        accept: () => send("accept"),
        reject: () => {
          send("reject")
          tell(t("work.rejected"))
        },
      }
    : null
  const takeBack = () => (changed ? setHistory(undo) : undoLast(work))

  useCommands([
    {
      id: "work.submit",
      title: t("work.submit"),
      keys: editor.enterSubmits(work) ? ["Enter", "mod+Enter"] : ["mod+Enter"],
      scope: "work",
      run: submit,
      always: false,
    },
    { id: "work.skip", title: t("work.skip"), keys: ["s"], scope: "work", run: () => setSlip("skip") },
    {
      id: "work.escalate",
      title: t("work.escalate"),
      keys: ["e"],
      scope: "work",
      run: () => setSlip("escalate"),
    },
    {
      id: "work.comment",
      title: t("work.comment"),
      keys: ["c"],
      scope: "work",
      run: () => setSlip("comment"),
    },
    { id: "work.undo", title: t("work.undo"), keys: ["z", "mod+z"], scope: "work", run: takeBack },
    {
      id: "work.redo",
      title: t("work.redo"),
      keys: ["mod+shift+z"],
      scope: "work",
      when: () => history.future.length > 0,
      run: () => setHistory(redo),
    },
    {
      id: "work.guideline",
      title: t("work.guideline"),
      keys: ["g"],
      scope: "work",
      run: () => guidelineShown.set((now) => !now),
    },
  ])

  const adopt = (answer: unknown) => edit(editor.adopt(work, answer))
  return (
    <>
      <WorkBar work={work} timer={timer} unchecked={editor.unchecked(doc)} done={done} open={open} />
      <div className="desk">
        <editor.View
          work={work}
          doc={doc}
          entries={entries}
          change={edit}
          onActive={setActive}
          tell={tell}
          submit={submit}
          verdict={verdict}
          above={
            <>
              {lost && <p className="banner warn">{t("work.lost")}</p>}
              <Because work={work} />
              {work.queue === "review" && (
                <Others
                  work={work}
                  editor={editor}
                  entries={entries}
                  mine={editor.answerOf(work, doc)}
                  adopt={adopt}
                />
              )}
            </>
          }
        >
          {work.queue === "review" && <ReasonList chosen={reason} choose={setReason} />}
          {shown && (
            <Guideline
              ontology={ontology}
              entries={entries}
              active={active}
              ask={() => setSlip("escalate")}
            />
          )}
          <RecentList entries={entries} />
        </editor.View>
      </div>
      {slip && (
        <Slip
          kind={slip}
          comment={comment}
          onComment={setComment}
          close={() => setSlip(null)}
          skip={(why) => send("skip", { reason: why })}
          escalate={(question) => send("escalate", { comment: question })}
        />
      )}
      <ActionBar work={work} hasComment={comment !== ""} />
    </>
  )
}

/** Why the item is here, where the person may know. */
function Because({ work }: { work: Assignment }) {
  if (!work.because && !work.human_only) return null
  return (
    <p className="because">
      {work.human_only && <span className="chip warn">{t("work.human_only")}</span>}
      {work.because && <span>{t("work.because", { because: work.because })}</span>}
    </p>
  )
}
