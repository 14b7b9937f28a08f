import { IconCheck, IconMessageQuestion, IconX } from "@tabler/icons-react"
import type { Clause, Label, Ontology } from "@/api/nouns"
import { t } from "@/app/i18n"
import type { Entry } from "@/editors/labels"

interface Props {
  readonly ontology: Ontology
  readonly entries: readonly Entry[]
  readonly active: string | null
  readonly ask: () => void
}

/** The rule for the label that is being thought about: what it means, what to do and what not to. */
export function Guideline({ ontology, entries, active, ask }: Props) {
  const label = entries.find((entry) => entry.label.id === active)?.label
  const own = ontology.guidelines.filter((clause) => clause.label === active && active !== null)
  const common = ontology.guidelines.filter((clause) => clause.label === null)
  return (
    <section className="guideline" aria-label={t("guideline.title")}>
      <h2>
        {t("guideline.title")}
        {label && <> · {label.name}</>}
        <kbd>G</kbd>
      </h2>
      {label && <Meaning label={label} />}
      {own.map((clause) => (
        <ClauseCard key={clause.id} clause={clause} />
      ))}
      {label && !label.definition && own.length === 0 && !label.do?.length && (
        <p className="dim">{t("guideline.nothing")}</p>
      )}
      {common.length > 0 && (
        <details>
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

function ClauseCard({ clause }: { clause: Clause }) {
  return (
    <div className="clause">
      <b>
        {clause.id} {clause.title}
      </b>
      {clause.text && <p>{clause.text}</p>}
      <Examples dos={clause.do} donts={clause.dont} />
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
