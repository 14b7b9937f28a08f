import { type ReactNode, useMemo } from "react"
import { t } from "@/app/i18n"
import type { Entry } from "./labels"
import { MarkList } from "./mark-list"
import { MarkedText } from "./marked-text"
import type { Mark, Marks } from "./marks"

interface Props {
  readonly text: string
  readonly marks: Marks
  /** What others marked; what they do not all share is marked in turn. */
  readonly others: readonly Marks[]
  readonly entries: readonly Entry[]
  /** What others must have, too, for a mark to be shared. */
  readonly nameOf?: (mark: Mark, marks: Marks) => string
  readonly children?: ReactNode
}

/** A marked text to read, and a list of what is only here. */
export function DifferingMarks({ text, marks, others, entries, nameOf = whole, children }: Props) {
  const differing = useMemo(() => {
    const known = others.map((other) => new Set(other.map((mark) => nameOf(mark, other))))
    return new Set(
      marks.filter((mark) => known.some((other) => !other.has(nameOf(mark, marks)))).map(({ id }) => id),
    )
  }, [marks, others, nameOf])
  return (
    <div className="doc small">
      <MarkedText text={text} marks={marks} entries={entries} selected={null} differing={differing} />
      {children}
      {differing.size > 0 && (
        <MarkList
          text={text}
          marks={marks.filter(({ id }) => differing.has(id))}
          entries={entries}
          selected={null}
          title={t("review.only_here")}
        />
      )}
    </div>
  )
}

/** Place, label and what else its tag says. */
const whole = ({ id, note = "" }: Mark) => `${id} ${note}`
