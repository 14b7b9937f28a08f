import { IconCircleCheck, IconPencil, IconSparkles } from "@tabler/icons-react"
import { memo, useMemo } from "react"
import { t } from "@/app/i18n"
import { useLatest } from "@/lib/latest"
import { Run } from "@/parts/run"
import type { Entry } from "./labels"
import { looksAlike } from "./marked-text"
import { type Mark, type Marks, pending, wordsOf } from "./marks"

interface Props {
  readonly text: string
  readonly marks: Marks
  readonly entries: readonly Entry[]
  readonly selected: string | null
  readonly onSelect?: (id: string) => void
  readonly title?: string
}

const ICONS = { suggested: IconSparkles, accepted: IconCircleCheck, human: IconPencil }

/** All marks as a list: the way in for a screen reader, and the quick way to one of many. */
export function MarkList({ text, marks, entries, selected, onSelect, title }: Props) {
  const left = pending(marks).length
  const pick = useLatest(onSelect)
  const byId = useMemo(() => new Map(entries.map((entry) => [entry.label.id, entry])), [entries])
  // Without a choice to make it is part of what surrounds it, not a place of its own.
  const Box = onSelect ? "section" : "div"
  return (
    <Box className="mark-list" {...(onSelect ? { "aria-label": t("spans.list") } : {})}>
      <h2>
        {title ?? t("spans.list")}{" "}
        <span className="num" role={onSelect ? "status" : undefined}>
          {left ? t("spans.count_left", { count: marks.length, left }) : marks.length}
        </span>
      </h2>
      {marks.length === 0 && <p className="dim">{t("spans.none")}</p>}
      <ul>
        {marks.map((mark) => (
          <MarkRow
            key={mark.id}
            mark={mark}
            words={wordsOf(text, mark) || t("spans.whole")}
            entry={byId.get(mark.label)}
            current={mark.id === selected}
            pick={onSelect && pick}
          />
        ))}
      </ul>
    </Box>
  )
}

interface RowProps {
  readonly mark: Mark
  readonly words: string
  readonly entry: Entry | undefined
  readonly current: boolean
  readonly pick: ((id: string) => void) | undefined
}

/** Drawn again only when its own mark changes: a long text has hundreds of them. */
export const MarkRow = memo(
  function MarkRow({ mark, words, entry, current, pick }: RowProps) {
    const Icon = ICONS[mark.state]
    return (
      <li>
        <button
          type="button"
          className={`mark-row hue-${mark.hue ?? entry?.hue ?? 1}`}
          aria-current={current}
          disabled={!pick}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => pick?.(mark.id)}
        >
          <i className="swatch" aria-hidden />
          <q dir="auto">
            <Run text={words} at={0} />
          </q>
          <span className="dim">{mark.note ?? entry?.label.name ?? mark.label}</span>
          <Icon size={14} aria-label={t(`spans.state.${mark.state}`)} />
        </button>
      </li>
    )
  },
  (a, b) =>
    looksAlike(a.mark, b.mark) &&
    a.words === b.words &&
    a.entry === b.entry &&
    a.current === b.current &&
    a.pick === b.pick,
)
