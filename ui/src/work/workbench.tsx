import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useEffect, useMemo, useState } from "react"
import { get } from "@/api/http"
import type { Ontology, Queue } from "@/api/nouns"
import { t } from "@/app/i18n"
import { editorQuery, useEditor } from "@/editors"
import { tree } from "@/editors/labels"
import { useStore } from "@/lib/store"
import { Problem } from "@/parts/problem"
import { Desk } from "./desk"
import { type Draft, readDrafts } from "./drafts"
import { beat, giveBack, hand, refill, take, type Wanted } from "./hand"
import { openQueues, readyIn } from "./open-queues"
import { onStored } from "./outbox"
import { QueuePicker } from "./queue-picker"
import { loadRecent, sessionCount } from "./recent"
import { EmptyQueue, Waiting } from "./waiting"

const HEARTBEAT = 45_000

/** `/work`: which queue; `/work?programme=..&queue=..`: the work itself. */
export default function Workbench() {
  const { programme, queue } = useSearch({ strict: false }) as { programme?: string; queue?: Queue }
  useEffect(() => {
    document.title = `${t("place.work")} · goldloop`
  }, [])
  if (!programme && !queue) return <QueuePicker />
  return <Bench key={`${programme}.${queue}`} programme={programme} queue={queue} />
}

interface BenchProps {
  readonly programme: string | undefined
  readonly queue: Queue | undefined
}

function Bench({ programme, queue }: BenchProps) {
  const { works, state, problem, lost } = useStore(hand)
  const queues = useQuery(openQueues).data?.rows
  const done = useStore(sessionCount)
  const drafts = useDrafts()
  const go = useNavigate()
  useEffect(() => {
    const wanted: Wanted = { ...(programme ? { programme_id: programme } : {}), ...(queue ? { queue } : {}) }
    void take(wanted)
    void loadRecent()
    const beating = setInterval(() => void beat(), HEARTBEAT)
    const stop = onStored(() => void refill())
    return () => {
      clearInterval(beating)
      stop()
      giveBack()
    }
  }, [programme, queue])

  const work = works[0]
  const ontology = useQuery({
    queryKey: ["ontology", work?.ontology_id],
    queryFn: () => get<Ontology>(`/ontologies/${work?.ontology_id}`),
    enabled: work !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
  const entries = useMemo(() => tree(ontology.data?.labels ?? []), [ontology.data])
  const editor = useEditor(work?.task.name)
  const queries = useQueryClient()
  useEffect(() => {
    for (const { task } of works) void queries.prefetchQuery(editorQuery(task.name))
  }, [works, queries])

  if (!work) {
    if (state === "failed") return <Waiting problem={problem} retry={() => void refill()} />
    if (state === "empty")
      return <EmptyQueue queue={queue} queues={queues ?? []} leave={() => void go({ to: "/work" })} />
    return <Waiting />
  }
  if (ontology.error) return <Waiting problem={ontology.error} retry={() => void ontology.refetch()} />
  if (editor.error) return <Waiting problem={editor.error} retry={() => void editor.refetch()} />
  if (!ontology.data || !drafts || editor.data === undefined) return <Waiting />
  if (!editor.data) return <Waiting problem={new Error(t("work.no_editor", { task: work.task.name }))} />
  return (
    <div className="bench">
      {problem && <Problem error={problem} retry={() => void refill()} />}
      <Desk
        key={work.work_id}
        work={work}
        editor={editor.data}
        ontology={ontology.data}
        entries={entries}
        draft={drafts.get(work.work_id)}
        lost={lost.has(work.work_id)}
        done={done}
        open={queues ? readyIn(queues, { programme: work.programme_id, queue: work.queue }) : null}
      />
    </div>
  )
}

function useDrafts(): Map<string, Draft> | null {
  const [drafts, setDrafts] = useState<Map<string, Draft> | null>(null)
  useEffect(() => {
    void readDrafts().then(setDrafts)
  }, [])
  return drafts
}
