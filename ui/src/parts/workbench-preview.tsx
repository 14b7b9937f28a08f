import { useMemo, useState } from "react"
import type { Assignment, Label, Spec } from "@/api/nouns"
import { t } from "@/app/i18n"
import { useEditor } from "@/editors"
import type { AnyEditor } from "@/editors/editor"
import { tree } from "@/editors/labels"
import { tell } from "./notice"

interface Props {
  readonly task: Spec
  readonly labels: readonly Label[]
  readonly body: Readonly<Record<string, unknown>>
}

/** The workbench as an annotator gets it, on a sample item: to look at, beside the file it is made from. */
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
      batch: null,
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
  const [doc, setDoc] = useState<unknown>(() => editor.begin(work, undefined, entries))
  return (
    <div className="workbench-preview" inert>
      <editor.View
        work={work}
        doc={doc}
        entries={entries}
        change={setDoc}
        onActive={() => undefined}
        tell={tell}
        submit={() => undefined}
        verdict={null}
        above={null}
      >
        {null}
      </editor.View>
    </div>
  )
}
