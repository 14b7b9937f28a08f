import { IconCircleCheck, IconPencil, IconSparkles } from "@tabler/icons-react"
import { t } from "@/app/i18n"
import type { Entry } from "./labels"
import { type Mark, type Marks, pending } from "./spans-model"

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
  return (
    <section className="mark-list" aria-label={title ?? t("spans.list")}>
      <h3>
        {title ?? t("spans.list")}{" "}
        <span className="num" role={onSelect ? "status" : undefined}>
          {left ? t("spans.count_left", { count: marks.length, left }) : marks.length}
        </span>
      </h3>
      {marks.length === 0 && <p className="dim">{t("spans.none")}</p>}
      <ul>
        {marks.map((mark) => (
          <li key={mark.id}>
            <button
              type="button"
              className={`mark-row hue-${entries.find(({ label }) => label.id === mark.label)?.hue ?? 1}`}
              aria-current={mark.id === selected}
              disabled={!onSelect}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onSelect?.(mark.id)}
            >
              <Row mark={mark} text={text} entries={entries} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Row({ mark, text, entries }: { mark: Mark; text: string; entries: readonly Entry[] }) {
  const Icon = ICONS[mark.state]
  return (
    <>
      <i className="swatch" aria-hidden />
      <q dir="auto">{text.slice(mark.start, mark.end)}</q>
      <span className="dim">{entries.find(({ label }) => label.id === mark.label)?.label.name ?? mark.label}</span>
      <Icon size={14} aria-label={t(`spans.state.${mark.state}`)} />
    </>
  )
}
