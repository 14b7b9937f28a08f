import { useEffect, useMemo } from "react"
import type { Assignment } from "@/api/nouns"
import { type Command, keyName, useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import type { Stretch } from "@/lib/words"
import { Key } from "@/parts/key"
import * as model from "./aspects-model"
import { DifferingMarks } from "./differing-marks"
import { type AnswerProps, type EditorProps, textOf } from "./editor"
import { countsOf, LabelList } from "./label-list"
import { checking, markCommands, stepKeys } from "./mark-commands"
import { MarkList } from "./mark-list"
import * as on from "./marks"
import { onText, useArmed } from "./on-text"
import { TextDeskView, useTextDesk } from "./text-desk"

type Opinions = model.Opinions

const DEGREES = 3
const degreesOf = ({ task }: Assignment) => Number(task.params.intensities ?? DEGREES)

function View(props: EditorProps<Opinions>) {
  const { work, doc, entries, change, onActive, tell, verdict, above, children } = props
  const degrees = degreesOf(work)
  const marks = useMemo(() => model.dressed(doc, entries, degrees), [doc, entries, degrees])
  const desk = useTextDesk(work, marks)
  const { text, cursor, select, selected } = desk
  const { stretch } = cursor
  const find = (id: string | null | undefined) => doc.find((one) => one.id === id) ?? null
  const at = find(desk.at?.id)
  const [armed, setArmed] = useArmed(entries)
  const active = at?.label ?? armed
  useEffect(() => onActive(active || null), [active, onActive])

  const apply = (added: on.Added<model.Opinion>) => {
    change(added.marks)
    select(added.id)
  }
  const mark = (where: Stretch | null, label: string) => apply(model.add(doc, where, label))
  const pick = (label: string) => {
    setArmed(label)
    if (stretch || !at) mark(stretch, label)
    else if (at.label !== label) apply(model.relabel(doc, at, label))
  }
  const say = (said: Parameters<typeof model.say>[2]) =>
    at ? change(model.say(doc, at.id, said)) : tell(t("aspects.choose", stepKeys()))
  const command = (id: string, title: string, keys: string, run: () => void): Command => ({
    id: `aspects.${id}`,
    title,
    keys: [keys],
    scope: "text",
    run,
    when: () => doc.length > 0,
  })
  useCommands([
    ...cursor.commands,
    ...markCommands({
      work,
      marks: doc,
      at,
      select,
      verdict,
      ...checking(doc, change),
      resize: (one, edge, by) => {
        const opinion = find(one.id)
        if (opinion?.fragments.length)
          apply(on.replace(doc, opinion, on.moved(text, opinion, edge, by), true))
      },
      mark: stretch ? () => mark(stretch, armed) : null,
    }),
    desk.clear,
    command("polarity", t("aspects.next_polarity"), "p", () =>
      say({ polarity: model.turned(at?.polarity ?? null, 1) }),
    ),
    command("polarity_back", t("aspects.previous_polarity"), "shift+p", () =>
      say({ polarity: model.turned(at?.polarity ?? null, -1) }),
    ),
    ...(degrees > 1
      ? [
          command("intensity", t("aspects.next_intensity"), "i", () =>
            say({ intensity: ((at?.intensity ?? 0) % degrees) + 1 }),
          ),
        ]
      : []),
    command("irony", t("aspects.turn_irony"), "y", () => say({ irony: !at?.irony })),
  ])
  const counts = useMemo(() => countsOf(entries, doc), [doc, entries])
  return (
    <TextDeskView
      work={work}
      desk={desk}
      marks={marks}
      entries={entries}
      above={above}
      onMark={(where) => mark(where, armed)}
    >
      <LabelList
        ontology_id={work.ontology_id}
        entries={entries}
        chosen={new Set([active])}
        counts={counts}
        onPick={pick}
        title={t("aspects.categories")}
      />
      {at && <Meant opinion={at} degrees={degrees} say={say} />}
      <MarkList text={text} marks={marks} entries={entries} selected={selected} onSelect={select} />
      {children}
    </TextDeskView>
  )
}

interface MeantProps {
  readonly opinion: model.Opinion
  readonly degrees: number
  readonly say: (said: Parameters<typeof model.say>[2]) => void
}

/** What is meant by the selected aspect. */
function Meant({ opinion, degrees, say }: MeantProps) {
  const keep = (event: React.MouseEvent) => event.preventDefault()
  return (
    <section className="meant" aria-label={t("aspects.meant")}>
      <h2>
        {t("aspects.meant")} <Key of="aspects.polarity" />
      </h2>
      <fieldset className="pills" aria-label={t("aspects.meant")}>
        {model.POLARITIES.map((polarity) => (
          <button
            key={polarity}
            type="button"
            className="btn small"
            aria-pressed={opinion.polarity === polarity}
            onMouseDown={keep}
            onClick={() => say({ polarity })}
          >
            {t(`aspects.${polarity}`)}
          </button>
        ))}
      </fieldset>
      <div className="row">
        {degrees > 1 && (
          <fieldset className="pills" aria-label={t("aspects.intensity")}>
            {Array.from({ length: degrees }, (_, at) => at + 1).map((intensity) => (
              <button
                key={intensity}
                type="button"
                className="btn small"
                aria-pressed={opinion.intensity === intensity}
                onMouseDown={keep}
                onClick={() => say({ intensity })}
              >
                {intensity}
              </button>
            ))}
            <Key of="aspects.intensity" />
          </fieldset>
        )}
        <label className="check">
          <input
            type="checkbox"
            checked={opinion.irony}
            onMouseDown={keep}
            onChange={() => say({ irony: !opinion.irony })}
          />
          {t("aspects.ironic")} <Key of="aspects.irony" />
        </label>
      </div>
    </section>
  )
}

function Answer({ body, answer, against, entries }: AnswerProps) {
  const text = textOf(body)
  const [mine = [], ...others] = useMemo(
    () =>
      [answer, ...against].map((one) =>
        model.dressed(model.opinionsOf(text, one, "human"), entries, DEGREES),
      ),
    [text, answer, against, entries],
  )
  if (answer === null || answer === undefined) return <span className="dim">{t("review.no_answer")}</span>
  return (
    <DifferingMarks text={text} marks={mine} others={others} entries={entries}>
      <MarkList text={text} marks={mine} entries={entries} selected={null} title={t("aspects.list")} />
    </DifferingMarks>
  )
}

export default onText<Opinions>({
  read: model.opinionsOf,
  write: model.answerOf,
  left: (doc) => on.pending(doc).length,
  lacking: (_work, doc) => {
    const unsaid = model.unsaid(doc)
    return unsaid ? t("aspects.lacking", { count: unsaid, key: keyName("aspects.polarity") }) : null
  },
  same: model.same,
  View,
  Answer,
})
