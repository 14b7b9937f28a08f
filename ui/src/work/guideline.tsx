import { IconBell, IconCheck, IconMessageQuestion, IconX } from "@tabler/icons-react"
import { type ReactNode, useEffect, useRef, useState } from "react"
import type { Clause, Guidance, GuidedClause, Label, Ontology, Precedent } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import type { Entry } from "@/editors/labels"
import { relative } from "@/lib/format"
import { Key } from "@/parts/key"
import { Run } from "@/parts/run"

interface Props {
  readonly ontology: Ontology
  readonly guidance: Guidance | undefined
  readonly precedents: readonly Precedent[]
  readonly entries: readonly Entry[]
  readonly active: string | null
  readonly open: (clause: GuidedClause) => void
  readonly ask: () => void
}

/** The rule for the label that is being thought about: what it means, what to do, what was ruled, what is new. */
export function Guideline({ ontology, guidance, precedents, entries, active, open, ask }: Props) {
  const label = entries.find((entry) => entry.label.id === active)?.label
  const clauses: readonly (Clause | GuidedClause)[] = guidance?.clauses ?? ontology.guidelines
  const fresh = guidance?.clauses.filter(({ unread }) => unread) ?? []
  // What was opened stays in sight until the item is answered, whatever label is thought about.
  const [opened, setOpened] = useState<readonly string[]>([])
  const top = useRef<HTMLDivElement>(null)
  const reading = opened.flatMap((id) => clauses.find((one) => one.id === id) ?? [])
  const known = clauses.filter((one) => !fresh.some(({ id }) => id === one.id) && !reading.includes(one))
  const look = (clause: GuidedClause) => {
    setOpened((now) => [clause.id, ...now])
    open(clause)
  }
  useEffect(() => {
    if (opened.length > 0) top.current?.scrollIntoView({ block: "nearest" })
  }, [opened])
  const own = known.filter((clause) => clause.label === active && active !== null)
  const common = known.filter((clause) => clause.label === null)
  const ruled = precedents.filter(
    ({ about, labels }) =>
      active !== null && (about === active || (about === null && labels.includes(active))),
  )
  const shownFirst = [...fresh].sort((a, b) => Number(b.label === active) - Number(a.label === active))
  useCommands([
    {
      id: "guideline.open",
      title: t("desk.rule_open"),
      keys: ["o"],
      first: true,
      scope: "work",
      when: () => shownFirst.length > 0,
      run: () => shownFirst[0] && look(shownFirst[0]),
    },
  ])
  return (
    <section className="guideline" aria-label={t("guideline.title")}>
      <h2>
        {t("guideline.title")}
        {label && <> · {label.name}</>}
        <Key of="work.guideline" />
      </h2>
      {shownFirst.map((clause, at) => (
        <button key={clause.id} type="button" className="clause-new" onClick={() => look(clause)}>
          <IconBell size={15} aria-hidden />
          <span>
            <b>
              {clause.id} {clause.title}
            </b>
            <small>{t("guide.mark")}</small>
          </span>
          {at === 0 && <Key of="guideline.open" />}
        </button>
      ))}
      {reading.length > 0 && (
        <div ref={top} className="clauses-read">
          {reading.map((clause) => (
            <ClauseCard key={clause.id} clause={clause} news />
          ))}
        </div>
      )}
      {label && <Meaning label={label} />}
      {own.map((clause) => (
        <ClauseCard key={clause.id} clause={clause} />
      ))}
      {label && !label.definition && own.length === 0 && !label.do?.length && ruled.length === 0 && (
        <p className="dim">{t("guideline.nothing")}</p>
      )}
      {ruled.length > 0 && (
        <details open>
          <summary>{t("guide.precedents", { count: ruled.length })}</summary>
          {ruled.map((one) => (
            <PrecedentCard key={one.id} precedent={one} />
          ))}
        </details>
      )}
      {common.length > 0 && (
        <details open={active === null}>
          <summary>{t("guideline.common", { count: common.length })}</summary>
          {common.map((clause) => (
            <ClauseCard key={clause.id} clause={clause} />
          ))}
        </details>
      )}
      <button type="button" className="btn small" onClick={ask}>
        <IconMessageQuestion size={15} aria-hidden /> {t("guideline.ask")}
      </button>
    </section>
  )
}

function Meaning({ label }: { label: Label }) {
  return (
    <>
      {label.definition && <p>{label.definition}</p>}
      <Examples dos={label.do} donts={label.dont} />
    </>
  )
}

/** How long a change is still worth showing against what stood before. */
const NEWS = 14 * 24 * 3_600_000

function ClauseCard({ clause, news = false }: { clause: Clause | GuidedClause; news?: boolean }) {
  const { version, changed_at } = clause
  const fresh = news || (changed_at !== undefined && Date.now() - changed_at / 1000 < NEWS)
  const before = "before" in clause && fresh ? clause.before : null
  return (
    <div className={news ? "clause news" : "clause"}>
      <b>
        {clause.id} {clause.title}
      </b>
      {clause.text && <p>{clause.text}</p>}
      {before && before.text !== clause.text && (
        <p className="dim">
          {t("guide.before")} <del>{before.text}</del>
        </p>
      )}
      <Examples dos={clause.do} donts={clause.dont} />
      {version !== undefined && changed_at !== undefined && (
        <small className="dim">
          {t("guide.version", { version })} · {t("guide.changed", { when: relative(changed_at) })}
        </small>
      )}
    </div>
  )
}

/** A ruling that holds for items like its own: what was asked, what was answered, on which rule. */
export function PrecedentCard({ precedent, children }: { precedent: Precedent; children?: ReactNode }) {
  const { questions, text, clause, clause_title, at } = precedent
  return (
    <div className="clause precedent">
      {questions.map((question, place) => (
        <q key={place} dir="auto">
          <Run text={question ?? ""} at={0} />
        </q>
      ))}
      <p dir="auto">
        <Run text={text ?? ""} at={0} />
      </p>
      <small className="dim">
        {clause && (
          <>
            {t("guide.cites", { clause })} {clause_title} ·{" "}
          </>
        )}
        {relative(at)}
      </small>
      {children}
    </div>
  )
}

function Examples({ dos = [], donts = [] }: { dos?: readonly string[]; donts?: readonly string[] }) {
  if (dos.length + donts.length === 0) return null
  return (
    <ul className="examples">
      {dos.map((text) => (
        <li key={text} className="ok">
          <IconCheck size={14} aria-label={t("guideline.do")} />
          <span dir="auto">{text}</span>
        </li>
      ))}
      {donts.map((text) => (
        <li key={text} className="bad">
          <IconX size={14} aria-label={t("guideline.dont")} />
          <span dir="auto">{text}</span>
        </li>
      ))}
    </ul>
  )
}
