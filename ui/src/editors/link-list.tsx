import { IconArrowRight, IconCircleCheck, IconPencil, IconSparkles } from "@tabler/icons-react"
import { useEffect, useRef } from "react"
import { t } from "@/app/i18n"
import type { Entry } from "./labels"
import type { Link } from "./links"
import { type Marks, wordsOf } from "./marks"

interface Props {
  readonly text: string
  readonly marks: Marks
  readonly links: readonly Link[]
  readonly entries: readonly Entry[]
  readonly selected?: string | null
  readonly onSelect?: (id: string) => void
  readonly title: string
  /** Links that others do not share. */
  readonly differing?: ReadonlySet<string>
}

const ICONS = { suggested: IconSparkles, accepted: IconCircleCheck, human: IconPencil }

/** What is joined to what, in words. */
export function LinkList({ text, marks, links, entries, selected, onSelect, title, differing }: Props) {
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    if (selected) list.current?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" })
  }, [selected])
  const words = new Map(marks.map((mark) => [mark.id, wordsOf(text, mark)]))
  const Box = onSelect ? "section" : "div"
  return (
    <Box className="mark-list link-list" {...(onSelect ? { "aria-label": title } : {})}>
      <h2>
        {title}{" "}
        <span className="num" role={onSelect ? "status" : undefined}>
          {links.length}
        </span>
      </h2>
      {links.length === 0 && <p className="dim">{t("links.none")}</p>}
      <ul ref={list}>
        {links.map((link) => {
          const entry = entries.find(({ label }) => label.id === link.label)
          const Icon = ICONS[link.state]
          return (
            <li key={link.id}>
              <button
                type="button"
                className={`mark-row hue-${entry?.hue ?? 1}${differing?.has(link.id) ? " differs" : ""}`}
                aria-current={link.id === selected}
                disabled={!onSelect}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => onSelect?.(link.id)}
              >
                <q dir="auto">{words.get(link.from)}</q>
                <b className="link-name">
                  {entry?.label.name ?? link.label}
                  <IconArrowRight size={13} aria-label={t("links.to")} />
                </b>
                <q dir="auto">{words.get(link.to)}</q>
                {onSelect && <Icon size={14} aria-label={t(`spans.state.${link.state}`)} />}
              </button>
            </li>
          )
        })}
      </ul>
    </Box>
  )
}
