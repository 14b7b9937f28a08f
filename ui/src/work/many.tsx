import { IconCheck, IconX } from "@tabler/icons-react"
import { useNavigate } from "@tanstack/react-router"
import { useEffect, useMemo, useRef, useState } from "react"
import type { Assignment } from "@/api/nouns"
import { keyName, keyShown, runCommand, useCommandList, useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { TopBar } from "@/app/top-bar"
import { type AnyEditor, textOf } from "@/editors/editor"
import type { Entry } from "@/editors/labels"
import { clock } from "@/lib/format"
import { remembered } from "@/lib/store"
import { Key } from "@/parts/key"
import { tell } from "@/parts/notice"
import { Run } from "@/parts/run"
import { labelsIn, unreadFor, useGuidance, useOpenClause } from "./guidance"
import { putDown } from "./hand"
import { say } from "./outbox"
import { noteDecision, undoLast } from "./recent"
import { shares } from "./shares"
import { similarTo } from "./similar"
import { useSeconds, useTimer } from "./timing"

/** What was rejected last: it survives a reload and a look at one item alone, and comes back so with an undo. */
const REMEMBERED = 200
const rejectedHere = remembered<readonly string[]>("bulk-rejected", [])

/** How many suggestions stand on one screen. */
export const SCREEN = 20

interface Props {
  readonly works: readonly Assignment[]
  readonly editor: AnyEditor
  readonly entries: readonly Entry[]
  readonly programme: string | undefined
}

/** Many short items at once: move, reject the odd ones, accept the rest. Each is a submission of its own. */
export function Many({ works, editor, entries, programme }: Props) {
  // What stands on the screen stays until it is submitted, whatever is claimed behind it.
  const [ids, setIds] = useState<readonly string[]>([])
  const [screen, setScreen] = useState(0)
  const byId = useMemo(() => new Map(works.map((work) => [work.work_id, work])), [works])
  const shown = ids.flatMap((id) => byId.get(id) ?? [])
  useEffect(() => {
    const [front] = works
    if (!front) return
    if (shown.length === 0) {
      setIds(works.slice(0, SCREEN).map(({ work_id }) => work_id))
      setScreen((now) => now + 1)
    } else if (front.mine && !ids.includes(front.work_id)) {
      setIds([front.work_id, ...ids]) // one that was taken back
    }
  }, [shown.length, works, ids])
  if (shown.length === 0) return null
  return (
    <Screen
      key={screen}
      works={shown}
      editor={editor}
      entries={entries}
      programme={programme}
      arrange={(next) => setIds(next.map(({ work_id }) => work_id))}
    />
  )
}

interface ScreenProps extends Props {
  readonly arrange: (works: readonly Assignment[]) => void
}

function Screen({ works, editor, entries, programme, arrange }: ScreenProps) {
  const [at, setAt] = useState(0)
  const [odd, setOdd] = useState<ReadonlySet<string>>(() => new Set(rejectedHere.get()))
  const [like, setLike] = useState<ReadonlySet<string>>(new Set())
  const timer = useTimer()
  const seconds = useSeconds(timer)
  const list = useRef<HTMLUListElement>(null)
  const go = useNavigate()
  useEffect(() => rejectedHere.set([...odd].slice(-REMEMBERED)), [odd])
  const programme_id = works[0]?.programme_id ?? ""
  const guidance = useGuidance(programme_id)
  const openClause = useOpenClause(programme_id)
  const here = works[at]
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" })
  }, [at])

  const rules = unreadFor(guidance, labelsIn(works.map(({ suggestion }) => suggestion?.answer)))
  const step = (by: number) => {
    timer.input(performance.now())
    setAt((now) => Math.max(0, Math.min(works.length - 1, now + by)))
  }
  const flip = (...ids: readonly string[]) => {
    timer.act(performance.now())
    setOdd((now) => {
      const next = new Set(now)
      const reject = ids.some((id) => !next.has(id))
      for (const id of ids) {
        if (reject) next.add(id)
        else next.delete(id)
      }
      return next
    })
  }
  const findLike = () => {
    const places = similarTo(
      works.map(({ body }) => textOf(body)),
      at,
    )
    const found = places.flatMap((place) => works[place] ?? [])
    if (!here || found.length === 0) return tell(t("bulk.like_none"))
    const ids = new Set(found.map(({ work_id }) => work_id))
    const rest = works.filter(({ work_id }) => !ids.has(work_id))
    const place = rest.indexOf(here)
    arrange([...rest.slice(0, place + 1), ...found, ...rest.slice(place + 1)])
    setAt(place)
    setLike(ids)
    tell(t("bulk.like_done", { count: ids.size }))
  }
  const submit = () => {
    const [rule] = rules
    if (rule)
      return tell(
        t("desk.rule_changed", { rule: `${rule.id} ${rule.title}`, key: keyName("guideline.open") }),
      )
    timer.act(performance.now())
    const times = shares(timer.read(performance.now()), works.length)
    works.forEach((work, place) => {
      const stance = odd.has(work.work_id) ? "reject" : "accept"
      const said = { stance, ...times[place] } as Parameters<typeof say>[1]
      noteDecision(work, entries, textOf(work.body), said)
      void say(work.work_id, said)
    })
    tell(t("bulk.sent", { count: works.length }))
    putDown(...works.map(({ work_id }) => work_id))
  }
  useCommands([
    { id: "bulk.next", title: t("bulk.next"), keys: ["j", "ArrowDown"], scope: "work", run: () => step(1) },
    {
      id: "bulk.previous",
      title: t("bulk.previous"),
      keys: ["k", "ArrowUp"],
      scope: "work",
      run: () => step(-1),
    },
    {
      id: "bulk.flip",
      title: t("bulk.flip"),
      keys: ["x", "Space"],
      scope: "work",
      run: () => here && flip(here.work_id),
    },
    { id: "bulk.like", title: t("bulk.like"), keys: ["l"], scope: "work", run: findLike },
    {
      id: "bulk.like_reject",
      title: t("bulk.like_reject"),
      keys: ["shift+x"],
      scope: "work",
      run: () => here && flip(here.work_id, ...like),
    },
    {
      id: "bulk.all",
      title: t("bulk.all", { count: works.length }),
      keys: ["mod+Enter"],
      scope: "work",
      run: submit,
    },
    {
      id: "bulk.few",
      title: t("bulk.few"),
      keys: ["m"],
      scope: "work",
      run: () => void go({ to: "/work", search: { ...(programme ? { programme } : {}), queue: "verify" } }),
    },
    {
      id: "work.undo",
      title: t("work.undo"),
      keys: ["z", "mod+z"],
      scope: "work",
      run: () => undoLast(null),
    },
    {
      id: "guideline.open",
      title: t("desk.rule_open"),
      keys: ["o"],
      first: true,
      scope: "work",
      when: () => rules.length > 0,
      run: () => rules[0] && openClause(rules[0]),
    },
  ])
  const rejected = works.filter(({ work_id }) => odd.has(work_id)).length
  return (
    <>
      <TopBar
        crumbs={
          <h1>
            {here?.programme} <span aria-hidden>/</span> <b>{t("queue.verify")}</b>
          </h1>
        }
      >
        <span className="chip accent" role="status">
          {t("bulk.tally", { accept: works.length - rejected, reject: rejected })}
        </span>
        <span className="grow" />
        <span className="chip num" title={t("bulk.why")}>
          {clock(seconds)}
        </span>
      </TopBar>
      <main className="canvas many" id="main" tabIndex={-1}>
        {rules.map((rule) => (
          <p key={rule.id} className="banner warn">
            <b>
              {rule.id} {rule.title}
            </b>{" "}
            {rule.text} <small>{t("guide.mark")}</small> <Key of="guideline.open" />
          </p>
        ))}
        <ul ref={list} aria-label={t("bulk.list")}>
          {works.map((work, place) => (
            <Line
              key={work.work_id}
              work={work}
              editor={editor}
              entries={entries}
              at={place === at}
              odd={odd.has(work.work_id)}
              similar={like.has(work.work_id)}
              onFlip={() => {
                setAt(place)
                flip(work.work_id)
              }}
            />
          ))}
        </ul>
      </main>
      <section className="actions" aria-label={t("work.actions")}>
        <Hint id="bulk.few" />
        <Hint id="work.undo" />
        <span className="grow" />
        <Hint id="bulk.like" />
        <Hint id="bulk.like_reject" />
        <Hint id="bulk.flip" />
        <Hint id="bulk.all" primary />
      </section>
    </>
  )
}

function Hint({ id, primary = false }: { id: string; primary?: boolean }) {
  const command = useCommandList().find((one) => one.id === id)
  if (!command) return null
  const keys = keyShown(command)
  return (
    <button
      type="button"
      className={`btn ${primary ? "primary" : "quiet"}`}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => runCommand(id)}
    >
      {command.title} {keys && <kbd>{keys}</kbd>}
    </button>
  )
}

interface LineProps {
  readonly work: Assignment
  readonly editor: AnyEditor
  readonly entries: readonly Entry[]
  readonly at: boolean
  readonly odd: boolean
  readonly similar: boolean
  readonly onFlip: () => void
}

function Line({ work, editor, entries, at, odd, similar, onFlip }: LineProps) {
  return (
    <li className={`line${at ? " at" : ""}${odd ? " odd" : ""}`} aria-current={at}>
      <p dir="auto">
        <Run text={textOf(work.body)} at={0} />
        {similar && <span className="chip">{t("bulk.similar")}</span>}
      </p>
      <editor.Answer body={work.body} answer={work.suggestion?.answer} against={[]} entries={entries} />
      <button type="button" className={`btn small ${odd ? "bad" : "ok"}`} aria-pressed={odd} onClick={onFlip}>
        {odd ? <IconX size={14} aria-hidden /> : <IconCheck size={14} aria-hidden />}
        {t(odd ? "bulk.rejected" : "bulk.accepted")}
      </button>
    </li>
  )
}
