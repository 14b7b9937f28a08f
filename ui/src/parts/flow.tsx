import { t } from "@/app/i18n"
import { count, percent } from "@/lib/format"

export interface Stream {
  readonly rule: string
  readonly queue: string
  readonly items: number
}

const WIDTH = 640
const LEFT = 190
const RIGHT = 130
const GAP = 10
const HUES: Record<string, string> = { verify: "hue-6", annotate: "hue-2", review: "hue-4", accept: "hue-3" }

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
    y += Math.max(height, 26) + GAP
  }
  return nodes
}

const sumBy = (streams: readonly Stream[], key: (stream: Stream) => string) => {
  const sums = new Map<string, number>()
  for (const stream of streams) sums.set(key(stream), (sums.get(key(stream)) ?? 0) + stream.items)
  return sums
}

/** Which rule sent how many items into which queue. The table beside it says the same in words. */
export function Flow({ streams }: { streams: readonly Stream[] }) {
  const total = streams.reduce((sum, { items }) => sum + items, 0)
  if (total === 0) return null
  const scale = 170 / total
  const rules = stack(
    sumBy(streams, ({ rule }) => rule),
    scale,
  )
  const queues = stack(
    sumBy(streams, ({ queue }) => queue),
    scale,
  )
  const bottom = Math.max(
    ...[...rules.values(), ...queues.values()].map(({ y, height }) => y + Math.max(height, 26)),
  )
  const from = new Map([...rules].map(([name, { y }]) => [name, y]))
  const to = new Map([...queues].map(([name, { y }]) => [name, y]))
  return (
    <svg
      className="flow"
      viewBox={`0 0 ${WIDTH} ${bottom + 4}`}
      role="img"
      aria-label={t("flow.label", { count: total })}
    >
      {streams.map((stream) => {
        const height = Math.max(2, stream.items * scale)
        const start = from.get(stream.rule) ?? 0
        const end = to.get(stream.queue) ?? 0
        from.set(stream.rule, start + height)
        to.set(stream.queue, end + height)
        return (
          <path
            key={`${stream.rule}.${stream.queue}`}
            className={`stream ${HUES[stream.queue] ?? "hue-1"}`}
            d={band(LEFT + 6, start, WIDTH - RIGHT - 6, end, height)}
          />
        )
      })}
      {[...rules.values()].map((node) => (
        <g key={node.name}>
          <rect className="node" x={LEFT} y={node.y} width="6" height={node.height} rx="2" />
          <text x={LEFT - 8} y={node.y + 11} textAnchor="end">
            {node.name}
          </text>
          <text x={LEFT - 8} y={node.y + 24} textAnchor="end" className="dim">
            {t("flow.share", { share: percent(node.items / total), n: count(node.items), of: count(total) })}
          </text>
        </g>
      ))}
      {[...queues.values()].map((node) => (
        <g key={node.name} className={HUES[node.name] ?? "hue-1"}>
          <rect className="node" x={WIDTH - RIGHT - 6} y={node.y} width="6" height={node.height} rx="2" />
          <text x={WIDTH - RIGHT + 8} y={node.y + 11}>
            {t(`queue.${node.name as "verify"}`)}
          </text>
          <text x={WIDTH - RIGHT + 8} y={node.y + 24} className="dim">
            {t("flow.items", { count: node.items })}
          </text>
        </g>
      ))}
    </svg>
  )
}

function band(x1: number, y1: number, x2: number, y2: number, height: number): string {
  const middle = (x1 + x2) / 2
  return (
    `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2} ` +
    `L${x2},${y2 + height} C${middle},${y2 + height} ${middle},${y1 + height} ${x1},${y1 + height} Z`
  )
}
