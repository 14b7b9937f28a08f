import { useCallback, useEffect, useState } from "react"
import type { Assignment, Note, Ontology, Said, Stance } from "@/api/nouns"
import { keyName, runCommand, useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { type AnyEditor, textOf } from "@/editors/editor"
import type { Entry } from "@/editors/labels"
import { begin, change, type History, redo, undo } from "@/lib/history"
import { remembered, useStore } from "@/lib/store"
import { tell } from "@/parts/notice"
import { ActionBar } from "./action-bar"
import { type Draft, dropDraft, keepDraft } from "./drafts"
import { labelsIn, unreadFor, useGuidance, useOpenClause, usePrecedents } from "./guidance"
import { Guideline } from "./guideline"
import { putDown } from "./hand"
import { say } from "./outbox"
import { noteDecision, RecentList, undoLast } from "./recent"
import { Others } from "./review"
import { Questions, ReasonList, RulingForm, rulingLacks } from "./ruling"
import { beginSaying, type Saying } from "./saying"
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
  const [history, setHistory] = useState<History<unknown>>(() => begin(docOf(editor, work, draft, entries)))
  const [begun] = useState(() => beginSaying(work, draft?.saying))
  const [saying, setSaying] = useState(begun)
  const [slip, setSlip] = useState<SlipKind | null>(null)
  const [active, setActive] = useState<string | null>(null)
  const [left, setLeft] = useState(false)
  const shown = useStore(guidelineShown)
  const guidance = useGuidance(work.programme_id)
  const precedents = usePrecedents(work.programme_id)
  const openClause = useOpenClause(work.programme_id)
  const timer = useTimer()
  const doc = history.now
  const changed = history.past.length > 0
  const touched = changed || history.future.length > 0
  const { comment, question, reason, flag, ruling } = saying
  const put = (more: Partial<Saying>) => setSaying((now) => ({ ...now, ...more }))

  useEffect(() => {
    if (!touched && saying === begun) return
    const answer = touched ? editor.answerOf(work, doc) : draft?.answer
    keepDraft({ work_id: work.work_id, answer, saying, doc, shape: editor.shape, at: Date.now() })
  }, [touched, doc, saying, begun, draft, editor, work])

  // On a narrow page, which scrolls as a whole, a new item begins at its top.
  useEffect(() => {
    scrollTo(0, 0)
  }, [])

  const edit = useCallback(
    (next: unknown) => {
      timer.act(performance.now())
      setHistory((now) => change(now, next))
    },
    [timer],
  )
  /** Why a statement cannot go yet: a rule that was changed is not read, or one of its labels is gone. */
  const whyNotYet = (stance: Stance, answer: unknown): string | null => {
    const said = answer ?? work.suggestion?.answer
    const [rule] = unreadFor(guidance, labelsIn(said))
    if (rule) {
      guidelineShown.set(true)
      leaveField()
      return t("desk.rule_changed", { rule: `${rule.id} ${rule.title}`, key: keyName("guideline.open") })
    }
    const gone = stance === "reject" ? "" : goneFrom(said)
    return gone ? t(answer ? "desk.gone_draft" : "desk.gone_suggestion", { labels: gone }) : null
  }
  const send = (
    stance: Stance,
    extra: Partial<Pick<Said, "answer" | "comment" | "reason" | "note">> = {},
  ) => {
    if (left) return
    const withheld = stance === "skip" || stance === "escalate" ? null : whyNotYet(stance, extra.answer)
    if (withheld) return tell(withheld)
    if (stance === "reject") tell(t("work.rejected", { key: keyName("work.undo") }))
    if (stance === "escalate") tell(t("desk.asked", { key: keyName("work.answers") }))
    setLeft(true)
    timer.act(performance.now())
    const note = { ...extra.note, ...(flag ? { flag } : {}) }
    const said = {
      stance,
      ...(comment ? { comment } : {}),
      ...extra,
      ...(Object.keys(note).length ? { note } : {}),
      ...timer.read(performance.now()),
    }
    noteDecision(work, entries, textOf(work.body), said)
    void say(work.work_id, said).then(() => dropDraft(work.work_id))
    putDown(work.work_id)
  }
  /** Labels of an answer that are no longer in the ontology it has to be said under, by name. */
  const goneFrom = (answer: unknown) =>
    [...labelsIn(answer)].filter((id) => !entries.some(({ label }) => label.id === id)).join(", ")
  /** The label that a question or a ruling is about, where the one in view is one. */
  const about: Note = entries.some(({ label }) => label.id === active && label.selectable)
    ? { about: active ?? "" }
    : {}
  const submit = () => {
    const lacking = editor.lacking(work, doc, entries)
    if (lacking) return tell(lacking)
    const answer = editor.answerOf(work, doc)
    if (work.queue === "annotate") return send("answer", { answer })
    if (work.queue === "verify") {
      const agreed = work.suggestion !== null && editor.same(answer, work.suggestion.answer)
      return agreed ? send("accept") : send("answer", { answer })
    }
    const disputed = people(work).some((other) => !editor.same(other.answer, answer))
    if (disputed && !reason) {
      leaveField()
      return tell(t("review.reason_needed", { key: keyName("review.reason") }))
    }
    const unsaid = rulingLacks(work, ruling)
    if (unsaid) {
      runCommand("review.words")
      return tell(unsaid)
    }
    const { words, clause, amends, precedent } = ruling
    return send("adjudicate", {
      answer,
      ...(reason ? { reason } : {}),
      ...(words.trim() ? { comment: words.trim() } : {}),
      note: {
        ...about,
        ...(clause ? { clause } : {}),
        ...(amends.trim() ? { amends: amends.trim() } : {}),
        ...(precedent ? { precedent } : {}),
      },
    })
  }
  const suggestion = work.queue === "verify" && work.suggestion !== null
  const verdict = suggestion
    ? {
        accept: () => send("accept"),
        reject: () => send("reject"),
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
    {
      id: "work.flag",
      title: t("desk.flag"),
      keys: ["f"],
      scope: "work",
      run: () => {
        put({ flag: !flag })
        if (!flag) tell(t("desk.flagged"))
      },
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

  const ruled = (
    <RulingForm work={work} guidance={guidance} note={ruling} change={(note) => put({ ruling: note })} />
  )
  const goneBefore = goneFrom(draft?.answer)
  const goneSuggested = work.queue === "verify" ? goneFrom(work.suggestion?.answer) : ""
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
              {guidance && work.guideline_id !== null && guidance.ontology_id !== work.ontology_id && (
                <p className="banner warn">{t("desk.labels_changed")}</p>
              )}
              {goneBefore && <p className="banner warn">{t("desk.gone_draft", { labels: goneBefore })}</p>}
              {goneSuggested && (
                <p className="banner warn">{t("desk.gone_suggestion", { labels: goneSuggested })}</p>
              )}
              <Because work={work} />
              <Questions work={work} />
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
          {work.queue === "review" && (
            <>
              {work.questions.length > 0 && ruled}
              {people(work).length > 0 && (
                <ReasonList kinds={work.errors} chosen={reason} choose={(kind) => put({ reason: kind })} />
              )}
              {work.questions.length === 0 && ruled}
            </>
          )}
          {shown && (
            <Guideline
              ontology={ontology}
              guidance={guidance}
              precedents={precedents}
              open={openClause}
              entries={entries}
              active={active}
              ask={() => setSlip("escalate")}
            />
          )}
          <RecentList />
        </editor.View>
      </div>
      {slip && (
        <Slip
          kind={slip}
          words={slip === "escalate" ? question : comment}
          onWords={(words) => put(slip === "escalate" ? { question: words } : { comment: words })}
          close={() => setSlip(null)}
          skip={(why) => send("skip", { reason: why })}
          escalate={() => send("escalate", { comment: question.trim(), note: about })}
        />
      )}
      <ActionBar work={work} hasComment={comment !== ""} hasQuestion={question !== ""} flagged={flag} />
    </>
  )
}

/** What people said: only between them is there a mistake to name. */
const people = ({ others }: Assignment) => others.filter(({ by }) => by === "person")

/** Where the editor begins: with its own state of an earlier visit, or with the answer as it stood. */
const docOf = (
  editor: AnyEditor,
  work: Assignment,
  draft: Draft | undefined,
  entries: readonly Entry[],
): unknown =>
  draft?.doc !== undefined && draft.shape === editor.shape
    ? draft.doc
    : editor.begin(work, draft?.answer ?? work.mine?.answer ?? undefined, entries)

/** Single keys are heard again: a sentence is about to name one. */
function leaveField(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
}

/** Why the item is here, where the person may know. */
function Because({ work }: { work: Assignment }) {
  // How sure the model was would sway whoever checks it.
  const because = work.queue === "verify" ? null : work.because
  if (!because && !work.human_only && !work.training) return null
  return (
    <p className="because">
      {work.training && <span className="chip">{t("calibration.is_training")}</span>}
      {work.human_only && (
        <span className="chip warn" title={t("work.human_only_why")}>
          {t("work.human_only")}
        </span>
      )}
      {because && <span>{t("work.because", { because })}</span>}
    </p>
  )
}
