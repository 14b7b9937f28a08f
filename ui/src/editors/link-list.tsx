import { IconArrowRight, IconCircleCheck, IconPencil, IconSparkles } from "@tabler/icons-react"
import { memo, useEffect, useMemo, useRef } from "react"
import { t } from "@/app/i18n"
import { useLatest } from "@/lib/latest"
import { Run } from "@/parts/run"
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
  const pick = useLatest(onSelect)
  const words = useMemo(() => new Map(marks.map((mark) => [mark.id, wordsOf(text, mark)])), [text, marks])
  const byId = useMemo(() => new Map(entries.map((entry) => [entry.label.id, entry])), [entries])
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
        {links.map((link) => (
          <LinkRow
            key={link.id}
            link={link}
            from={words.get(link.from)}
            to={words.get(link.to)}
            entry={byId.get(link.label)}
            current={link.id === selected}
            differs={differing?.has(link.id) ?? false}
            pick={onSelect && pick}
          />
        ))}
      </ul>
    </Box>
  )
}

interface RowProps {
  readonly link: Link
  readonly from: string | undefined
  readonly to: string | undefined
  readonly entry: Entry | undefined
  readonly current: boolean
  readonly differs: boolean
  readonly pick: ((id: string) => void) | undefined
}

/** Drawn again only when its own link changes: a long text has hundreds of them. */
const LinkRow = memo(function LinkRow({ link, from, to, entry, current, differs, pick }: RowProps) {
  const Icon = ICONS[link.state]
  return (
    <li>
      <button
        type="button"
        className={`mark-row hue-${entry?.hue ?? 1}${differs ? " differs" : ""}`}
        aria-current={current}
        disabled={!pick}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => pick?.(link.id)}
      >
        <q dir="auto">
          <Run text={from ?? ""} at={0} />
        </q>
        <b className="link-name">
          {entry?.label.name ?? link.label}
          <IconArrowRight size={13} aria-label={t("links.to")} />
        </b>
        <q dir="auto">
          <Run text={to ?? ""} at={0} />
        </q>
        {pick && <Icon size={14} aria-label={t(`spans.state.${link.state}`)} />}
      </button>
    </li>
  )
})
