import { useLocation, useNavigate } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { t } from "@/app/i18n"
import { count, percent } from "@/lib/format"

export interface Stream {
  readonly rule: string
  readonly queue: string
  /** What became of the items; left out where a page only asks where they went. */
  readonly state?: string
  readonly items: number
}

const WIDTH = 760
const LEFT = 190
const RIGHT = 130
const GAP = 10
const LEAST = 28
const HUES: Record<string, string> = {
  verify: "hue-6",
  annotate: "hue-2",
  review: "hue-4",
  accept: "hue-3",
}

interface Node {
  readonly name: string
  readonly items: number
  readonly y: number
  readonly height: number
}

/** Stacks the named amounts from top to bottom. */
function stack(amounts: ReadonlyMap<string, number>, scale: number): Map<string, Node> {
  let y = 4
  const nodes = new Map<string, Node>()
  for (const [name, items] of amounts) {
    const height = Math.max(3, items * scale)
    nodes.set(name, { name, items, y, height })
    y += Math.max(height, LEAST) + GAP
  }
  return nodes
}

const sumBy = <T extends { readonly items: number }>(rows: readonly T[], key: (row: T) => string) => {
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0) + row.items)
  return sums
}

interface Band {
  readonly key: string
  readonly hue: string
  readonly d: string
}

interface Link {
  readonly from: string
  readonly to: string
  readonly items: number
}

/** The bands between two columns, each as wide as it has items, in the order of the columns. */
function bands(
  links: readonly Link[],
  left: Map<string, Node>,
  right: Map<string, Node>,
  [x1, x2]: readonly [number, number],
  scale: number,
  hue: (link: Link) => string,
): Band[] {
  const from = new Map([...left].map(([name, { y }]) => [name, y]))
  const to = new Map([...right].map(([name, { y }]) => [name, y]))
  const place = [...right.keys()]
  const order = [...left.keys()]
  const sorted = links.toSorted(
    (a, b) => order.indexOf(a.from) - order.indexOf(b.from) || place.indexOf(a.to) - place.indexOf(b.to),
  )
  return sorted.map((link) => {
    const height = Math.max(1.5, link.items * scale)
    const start = from.get(link.from) ?? 0
    const end = to.get(link.to) ?? 0
    from.set(link.from, start + height)
    to.set(link.to, end + height)
    return { key: `${link.from}>${link.to}`, hue: hue(link), d: path(x1, start, x2, end, height) }
  })
}

const joined = (streams: readonly Stream[], from: (s: Stream) => string, to: (s: Stream) => string): Link[] =>
  [...sumBy(streams, (s) => JSON.stringify([from(s), to(s)]))].map(([key, items]) => {
    const [a, b] = JSON.parse(key) as [string, string]
    return { from: a, to: b, items }
  })

/**
 * Which rule sent how many items into which queue, and what became of them. A table says the same in words.
 * Amounts that are no items are put into words by `say`.
 */
export function Flow({ streams, say }: { streams: readonly Stream[]; say?: (amount: number) => string }) {
  // Amounts that are no items have no list behind them.
  const Node = say ? Plain : Linked
  const total = streams.reduce((sum, { items }) => sum + items, 0)
  if (total === 0) return null
  const amount = say ?? ((items: number) => t("flow.items", { count: items }))
  const scale = 190 / total
  const staged = streams.some(({ state }) => state !== undefined)
  const rules = stack(
    sumBy(streams, ({ rule }) => rule),
    scale,
  )
  const queues = stack(
    sumBy(streams, ({ queue }) => queue),
    scale,
  )
  const states = staged
    ? stack(
        sumBy(streams, ({ state }) => state ?? "open"),
        scale,
      )
    : new Map<string, Node>()
  const end = WIDTH - RIGHT - 6
  const middle = staged ? (LEFT + end) / 2 : end
  const nodes = [...rules.values(), ...queues.values(), ...states.values()]
  const bottom = Math.max(...nodes.map(({ y, height }) => y + Math.max(height, LEAST)))
  const first = bands(
    joined(
      streams,
      ({ rule }) => rule,
      ({ queue }) => queue,
    ),
    rules,
    queues,
    [LEFT + 6, middle],
    scale,
    ({ to }) => HUES[to] ?? "hue-1",
  )
  const second = staged
    ? bands(
        joined(
          streams,
          ({ queue }) => queue,
          ({ state }) => state ?? "open",
        ),
        queues,
        states,
        [middle + 6, end],
        scale,
        ({ from }) => HUES[from] ?? "hue-1",
      )
    : []
  return (
    <svg
      className="flow"
      viewBox={`0 0 ${WIDTH} ${bottom + 4}`}
      role={say ? "img" : "group"}
      aria-label={say ? say(total) : t("flow.label", { count: total })}
    >
      {[...first, ...second].map(({ key, hue, d }) => (
        <path key={key} className={`stream ${hue}`} d={d} />
      ))}
      {[...rules.values()].map((node) => (
        <Node key={node.name} search={{ rule: node.name }}>
          <rect className="node" x={LEFT} y={node.y} width="6" height={node.height} rx="2" />
          <text x={LEFT - 8} y={node.y + 11} textAnchor="end">
            {short(node.name)}
          </text>
          <text x={LEFT - 8} y={node.y + 24} textAnchor="end" className="dim">
            {say
              ? `${percent(node.items / total)} · ${say(node.items)}`
              : t("flow.share", {
                  share: percent(node.items / total),
                  n: count(node.items),
                  of: count(total),
                })}
          </text>
        </Node>
      ))}
      {[...queues.values()].map((node) => (
        <Node key={node.name} className={HUES[node.name] ?? "hue-1"} search={{ queue: node.name }}>
          <rect className="node" x={middle} y={node.y} width="6" height={node.height} rx="2" />
          <Words
            x={middle + 14}
            node={node}
            title={t(`queue.${node.name as "verify"}`)}
            items={amount(node.items)}
          />
        </Node>
      ))}
      {[...states.values()].map((node) => (
        <Node key={node.name} className={`state-${node.name}`} search={{ state: node.name }}>
          <rect className="node" x={end} y={node.y} width="6" height={node.height} rx="2" />
          <Words
            x={end + 14}
            node={node}
            title={t(`decision.${node.name as "open"}`)}
            items={amount(node.items)}
          />
        </Node>
      ))}
    </svg>
  )
}

interface NodeProps {
  readonly className?: string
  /** The filter of the items that went through it. */
  readonly search: Record<string, string>
  readonly children: ReactNode
}

function Plain({ className, children }: NodeProps) {
  return <g className={className}>{children}</g>
}

function Linked({ className, search, children }: NodeProps) {
  const go = useNavigate()
  const here = useLocation({ select: ({ pathname }) => pathname })
  const items = { tab: "items", ...search }
  return (
    <a
      className={className}
      href={`${here}?${new URLSearchParams(items)}`}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        void go({ to: ".", search: items })
      }}
    >
      {children}
    </a>
  )
}

interface WordsProps {
  readonly x: number
  readonly node: Node
  readonly title: string
  readonly items: string
}

function Words({ x, node, title, items }: WordsProps) {
  return (
    <>
      <text x={x} y={node.y + 11}>
        {title}
      </text>
      <text x={x} y={node.y + 24} className="dim">
        {items}
      </text>
    </>
  )
}

const short = (name: string) => (name.length > 27 ? `${name.slice(0, 26)}…` : name)

function path(x1: number, y1: number, x2: number, y2: number, height: number): string {
  const middle = (x1 + x2) / 2
  return (
    `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2} ` +
    `L${x2},${y2 + height} C${middle},${y2 + height} ${middle},${y1 + height} ${x1},${y1 + height} Z`
  )
}
