import { useEffect, useMemo, useRef, useState } from "react"
import type { Assignment, Label, Spec } from "@/api/nouns"
import { confined, useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { useEditor } from "@/editors"
import type { AnyEditor } from "@/editors/editor"
import { tree } from "@/editors/labels"
import { begin, change, type History, undo } from "@/lib/history"
import { Action } from "@/work/action-bar"
import { describe } from "@/work/describe"
import { Tried } from "./canvas"

interface Props {
  readonly task: Spec
  readonly labels: readonly Label[]
  readonly body: Readonly<Record<string, unknown>>
}

/** The workbench as an annotator gets it, on a sample item: to be tried beside the file it is made from. Sends nothing. */
export default function WorkbenchPreview({ task, labels, body }: Props) {
  const editor = useEditor(task.name).data
  if (editor === undefined) return null
  if (!editor) return <p className="dim">{t("templates.no_editor", { task: task.name })}</p>
  return (
    <Desk
      key={JSON.stringify([task, labels, body])}
      editor={editor}
      task={task}
      labels={labels}
      body={body}
    />
  )
}

function Desk({ editor, task, labels, body }: Props & { editor: AnyEditor }) {
  const entries = useMemo(() => tree([...labels]), [labels])
  const work: Assignment = useMemo(
    () => ({
      work_id: "preview",
      item_id: "preview",
      programme_id: "preview",
      programme: "preview",
      queue: "annotate",
      tier: 1,
      body: { ...body },
      task,
      ontology_id: "preview",
      guideline_id: null,
      suggestion: null,
      others: [],
      questions: [],
      errors: [],
      because: null,
      human_only: false,
      cacheable: false,
      expires_at: 0,
      due_at: null,
    }),
    [task, body],
  )
  const start = () => begin(editor.begin(work, undefined, entries))
  const [history, setHistory] = useState<History<unknown>>(start)
  const [said, setSaid] = useState("")
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    confined.set(box.current)
    return () => confined.set(null)
  }, [])
  const doc = history.now
  const submit = () => {
    const lacking = editor.lacking(work, doc, entries)
    setSaid(lacking ?? t("templates.tried", { answer: describe(editor.answerOf(work, doc), entries) }))
    if (!lacking) setHistory(start)
  }
  useCommands([
    {
      id: "work.submit",
      title: t("work.submit"),
      keys: editor.enterSubmits(work) ? ["Enter", "mod+Enter"] : ["mod+Enter"],
      scope: "work",
      run: submit,
    },
    {
      id: "work.undo",
      title: t("work.undo"),
      keys: ["z", "mod+z"],
      scope: "work",
      run: () => setHistory(undo),
    },
  ])
  // A click anywhere in it, also on what takes no focus itself, makes its keys answer.
  const enter = () => {
    if (!box.current?.contains(document.activeElement)) box.current?.focus()
  }
  return (
    <Tried value={true}>
      <section
        className="workbench-preview"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys answer while it has the focus
        tabIndex={0}
        aria-label={t("templates.try")}
        onMouseDown={enter}
      >
        <div className="desk">
          <editor.View
            work={work}
            doc={doc}
            entries={entries}
            change={(next) => setHistory((now) => change(now, next))}
            onActive={() => undefined}
            tell={setSaid}
            submit={submit}
            verdict={null}
            above={null}
          >
            {null}
          </editor.View>
        </div>
        <div className="actions">
          <Action id="work.undo" tone="quiet" />
          <p className="grow dim" role="status">
            {said || t("templates.try")}
          </p>
          <Action id="work.submit" tone="primary" />
        </div>
      </section>
    </Tried>
  )
}
