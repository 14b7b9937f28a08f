import { type ReactNode, useMemo } from "react"
import { t } from "@/app/i18n"
import type { Entry } from "./labels"
import { MarkList } from "./mark-list"
import { MarkedText } from "./marked-text"
import type { Marks } from "./marks"

interface Props {
  readonly text: string
  readonly marks: Marks
  /** What others marked; what they do not all share is marked in turn. */
  readonly others: readonly Marks[]
  readonly entries: readonly Entry[]
  readonly children?: ReactNode
}

/** A marked text to read, and a list of what is only here. */
export function DifferingMarks({ text, marks, others, entries, children }: Props) {
  const differing = useMemo(() => {
    const known = others.map((other) => new Set(other.map(whole)))
    return new Set(marks.filter((mark) => known.some((other) => !other.has(whole(mark)))).map(({ id }) => id))
  }, [marks, others])
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
const whole = ({ id, note = "" }: Marks[number]) => `${id} ${note}`
