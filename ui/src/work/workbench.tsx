import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Suspense, useEffect, useMemo, useRef, useState } from "react"
import { get, signedOut } from "@/api/http"
import type { Ontology, Queue } from "@/api/nouns"
import { useMe, works } from "@/api/session"
import { t } from "@/app/i18n"
import { editorQuery, useEditor } from "@/editors"
import { tree } from "@/editors/labels"
import { part } from "@/lib/part"
import { useStore } from "@/lib/store"
import { Guarded } from "@/parts/guarded"
import { Problem } from "@/parts/problem"
import { Marked, Veil } from "./content"
import { Desk } from "./desk"
import { draftOf, readDrafts } from "./drafts"
import { beat, giveBack, hand, refill, take, type Wanted } from "./hand"
import { Many, SCREEN } from "./many"
import { openQueues, readyIn } from "./open-queues"
import { onStored, outbox } from "./outbox"
import { NoPlace, QueuePicker } from "./queue-picker"
import { loadRecent, sessionCount } from "./recent"
import { Away, asksForTerms, EmptyQueue, isAway, TermsFirst, Waiting } from "./waiting"

const Lessons = part(() => import("./lesson"))
const Reveals = part(() => import("./reveal"))

const HEARTBEAT = 45_000

/** `/work`: which queue; `/work?programme=..&queue=..`: the work itself. */
export default function WorkRoom() {
  return (
    <>
      <Workbench />
      <Suspense>
        <Lessons />
        <Reveals />
      </Suspense>
    </>
  )
}

function Workbench() {
  const { programme, queue, view, work } = useSearch({ strict: false }) as Search
  const picked = useRef(false)
  const { data: me } = useMe()
  useEffect(() => {
    document.title = `${t("place.work")} · goldloop`
  }, [])
  if (me && !works(me)) return <NoPlace />
  if (!programme && !queue) {
    picked.current = true
    return <QueuePicker />
  }
  const many = view === "many" && queue === "verify"
  return (
    <Bench
      key={`${programme}.${queue}.${many}`}
      programme={programme}
      queue={queue}
      many={many}
      first={work}
      picked={picked.current}
    />
  )
}

interface Search {
  readonly programme?: string
  readonly queue?: Queue
  /** `many`: suggestions of many items on one screen. */
  readonly view?: string
  /** The work that one came for. */
  readonly work?: string
}

interface BenchProps {
  readonly programme: string | undefined
  readonly queue: Queue | undefined
  readonly many: boolean
  readonly first: string | undefined
  /** It was chosen a moment ago, from the picker. */
  readonly picked: boolean
}

/** Until what was picked is there, the picker stays: an empty desk in between is a flicker. A slow server has one. */
function Meanwhile() {
  const [long, setLong] = useState(false)
  useEffect(() => {
    const patience = setTimeout(() => setLong(true), 400)
    return () => clearTimeout(patience)
  }, [])
  return long ? <Waiting /> : <QueuePicker />
}

function Bench({ programme, queue, many, first, picked }: BenchProps) {
  const { works, state, problem, lost } = useStore(hand)
  const queues = useQuery(openQueues).data?.rows
  const done = useStore(sessionCount)
  // What was answered since the server counted is not open any more.
  const counted = useRef({ queues, done })
  if (counted.current.queues !== queues) counted.current = { queues, done }
  const since = done - counted.current.done
  const drafts = useDrafts()
  const [seen, setSeen] = useState<string | null>(null)
  const { durable } = useStore(outbox)
  const go = useNavigate()
  useEffect(() => {
    const wanted: Wanted = { ...(programme ? { programme_id: programme } : {}), ...(queue ? { queue } : {}) }
    void take(wanted, { first, ...(many ? { ahead: 2 * SCREEN } : {}) })
    void loadRecent()
    const beating = setInterval(() => void beat(), HEARTBEAT)
    const stop = onStored(() => void refill())
    const back = signedOut.watch(() => {
      if (!signedOut.get()) void refill()
    })
    return () => {
      clearInterval(beating)
      stop()
      back()
      giveBack()
    }
  }, [programme, queue, many, first])

  const work = works[0]
  const seated = useRef(!picked)
  const waiting = seated.current ? <Waiting /> : <Meanwhile />
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
    if (state === "failed") {
      if (asksForTerms(problem)) return <TermsFirst done={() => void refill()} />
      return <Waiting problem={problem} retry={() => void refill()} />
    }
    if (state === "empty")
      return <EmptyQueue queue={queue} queues={queues ?? []} leave={() => void go({ to: "/work" })} />
    return waiting
  }
  if (ontology.error) return <Waiting problem={ontology.error} retry={() => void ontology.refetch()} />
  if (editor.error) return <Waiting problem={editor.error} retry={() => void editor.refetch()} />
  if (!ontology.data || !drafts || editor.data === undefined) return waiting
  seated.current = true
  if (!editor.data) return <Waiting problem={new Error(t("work.no_editor", { task: work.task.name }))} />
  if (work.blur && seen !== work.work_id) return <Veil work={work} show={() => setSeen(work.work_id)} />
  const again = () => void refill()
  const trouble = isAway(problem) ? (
    <Away problem={problem} retry={again} items />
  ) : (
    problem && <Problem error={problem} retry={again} />
  )
  if (many && queue === "verify" && !works.some(({ blur }) => blur)) {
    return (
      <div className="bench">
        <Guarded mark={work.mark} />
        {trouble}
        <Many works={works} editor={editor.data} entries={entries} programme={programme} />
      </div>
    )
  }
  return (
    <div className="bench">
      <Guarded mark={work.mark} />
      {trouble}
      {!durable && <p className="banner warn">{t("desk.storage")}</p>}
      {work.content && work.content.length > 0 && <Marked work={work} />}
      <Desk
        key={work.work_id}
        work={work}
        editor={editor.data}
        ontology={ontology.data}
        entries={entries}
        draft={draftOf(work.work_id)}
        lost={lost.has(work.work_id)}
        done={done}
        open={queues ? Math.max(0, readyIn(queues, { programme: work.programme_id, queue }) - since) : null}
      />
    </div>
  )
}

/** True when the drafts of earlier visits are known. */
function useDrafts(): boolean {
  const [known, setKnown] = useState(false)
  useEffect(() => {
    void readDrafts().then(() => setKnown(true))
  }, [])
  return known
}
