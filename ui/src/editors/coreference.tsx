import { useEffect, useMemo, useState } from "react"
import { type Command, useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import type { Stretch } from "@/lib/words"
import * as model from "./coreference-model"
import { DifferingMarks } from "./differing-marks"
import { type AnswerProps, type EditorProps, textOf } from "./editor"
import { countsOf, LabelList } from "./label-list"
import { checking, markCommands, stepKeys } from "./mark-commands"
import { MarkRow } from "./mark-list"
import * as on from "./marks"
import { onText, useArmed } from "./on-text"
import { TextDeskView, useTextDesk } from "./text-desk"

type Mentions = model.Mentions

function View(props: EditorProps<Mentions>) {
  const { work, doc, entries, change, onActive, tell, verdict, above, children } = props
  const desk = useTextDesk(work, doc)
  const { text, cursor, select, selected } = desk
  const { stretch } = cursor
  const find = (id: string | null | undefined) => doc.find((one) => one.id === id) ?? null
  const at = find(desk.at?.id)
  const last = find(desk.last?.id)
  const [armed, setArmed] = useArmed(entries)
  /** The mention whose chain is being joined to another. */
  const [head, setHead] = useState<string | null>(null)
  const from = find(head)
  const active = at?.label ?? last?.label ?? armed
  useEffect(() => onActive(active || null), [active, onActive])
  const marks = useMemo(() => model.dressed(doc, entries, last?.id ?? null), [doc, entries, last])

  const apply = ({ mentions, id }: model.Mentioned) => {
    change(mentions)
    select(id)
  }
  const mention = (where: Stretch) =>
    apply(last ? model.extend(doc, where, last) : model.begin(doc, where, armed))
  const pick = (label: string) => {
    setArmed(label)
    if (stretch) apply(model.begin(doc, stretch, label))
    else if (at && at.label !== label) change(model.relabel(doc, at, label))
  }
  const refit = (mark: on.Mark, edge: "start" | "end", by: 1 | -1) => {
    const one = find(mark.id)
    if (!one) return
    const added = on.replace(doc, one, on.moved(text, one, edge, by), true)
    change(added.marks)
    select(added.id)
  }
  const join = () => {
    if (!from || !at || at.id === from.id) return tell(t("chains.choose", stepKeys()))
    change(model.join(doc, from, at))
    setHead(null)
  }
  const command = (
    id: string,
    title: string,
    keys: string[],
    run: () => void,
    when: () => boolean,
  ): Command => ({
    id,
    title,
    keys,
    scope: "text",
    run,
    when,
  })
  useCommands([
    ...cursor.commands,
    ...markCommands({
      work,
      marks: doc,
      at,
      select,
      verdict,
      all: from !== null,
      ...checking(doc, change),
      resize: refit,
      mark: stretch ? () => mention(stretch) : null,
    }),
    desk.clear,
    command(
      "chains.begin",
      t("chains.begin"),
      ["r"],
      () => (from && at && at.id !== from.id ? join() : setHead(at?.id ?? null)),
      () => at !== null,
    ),
    command("chains.join", t("chains.join"), ["Enter"], join, () => from !== null && !stretch),
    command(
      "chains.split",
      t("chains.split"),
      ["shift+r"],
      () => at && change(model.split(doc, at)),
      () => at !== null,
    ),
    command(
      "chains.leave",
      t("chains.leave"),
      ["Escape"],
      () => setHead(null),
      () => from !== null,
    ),
  ])
  const counts = useMemo(
    () =>
      countsOf(
        entries,
        model.chainsOf(doc).map(([first]) => ({ label: first?.label ?? "" })),
      ),
    [doc, entries],
  )
  return (
    <TextDeskView
      work={work}
      desk={desk}
      marks={marks}
      entries={entries}
      above={above}
      onMark={(where, event) =>
        event.ctrlKey || event.metaKey ? mention(where) : apply(model.begin(doc, where, armed))
      }
    >
      {from && (
        <p className="banner joining" role="status">
          {t("chains.from", { words: on.wordsOf(text, from), ...stepKeys() })}
        </p>
      )}
      <LabelList
        ontology_id={work.ontology_id}
        entries={entries}
        chosen={new Set([active])}
        counts={counts}
        onPick={pick}
        title={t("chains.labels")}
      />
      <ChainList text={text} mentions={marks} selected={selected} onSelect={select} />
      {children}
    </TextDeskView>
  )
}

interface ChainsProps {
  readonly text: string
  readonly mentions: Mentions
  readonly selected: string | null
  readonly onSelect?: (id: string) => void
}

/** Each chain with its mentions, in reading order. */
function ChainList({ text, mentions, selected, onSelect }: ChainsProps) {
  const chains = model.chainsOf(mentions)
  const left = on.pending(mentions).length
  const Box = onSelect ? "section" : "div"
  return (
    <Box className="mark-list chain-list" {...(onSelect ? { "aria-label": t("chains.list") } : {})}>
      <h2>
        {t("chains.list")}{" "}
        <span className="num" role={onSelect ? "status" : undefined}>
          {left ? t("spans.count_left", { count: chains.length, left }) : chains.length}
        </span>
      </h2>
      {chains.length === 0 && <p className="dim">{t("links.none")}</p>}
      <ul>
        {chains.map((chain) => (
          <li key={chain[0]?.chain}>
            <h3>
              {chain[0]?.note} <span className="num">· {chain.length}</span>
            </h3>
            <ul>
              {chain.map((one) => (
                <MarkRow
                  key={one.id}
                  mark={{ ...one, note: "" }}
                  words={on.wordsOf(text, one)}
                  entry={undefined}
                  current={one.id === selected}
                  pick={onSelect}
                />
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Box>
  )
}

const together = (mark: on.Mark, marks: on.Marks) => model.company(mark as model.Mention, marks as Mentions)

function Answer({ body, answer, against, entries }: AnswerProps) {
  const text = textOf(body)
  const read = useMemo(
    () => [answer, ...against].map((one) => model.mentionsOf(text, one, "human")),
    [text, answer, against],
  )
  const [mine = [], ...others] = useMemo(
    () => read.map((one) => model.dressed(one, entries, null)),
    [read, entries],
  )
  if (answer === null || answer === undefined) return <span className="dim">{t("review.no_answer")}</span>
  return <DifferingMarks text={text} marks={mine} others={others} entries={entries} nameOf={together} />
}

export default onText<Mentions>({
  read: model.mentionsOf,
  write: model.answerOf,
  left: (doc) => on.pending(doc).length,
  lacking: (work, doc) => {
    const lonely = work.task.params.singletons === true ? 0 : model.lonely(doc)
    return lonely ? t("chains.lonely", { count: lonely }) : null
  },
  same: model.same,
  View,
  Answer,
})
