const WIDTH = 180
const HEIGHT = 18
const PAD = 5

interface Props {
  readonly value: number
  readonly low: number | null
  readonly high: number | null
  /** The ends of the axis, the same for every row of a table. */
  readonly from: number
  readonly to: number
  /** A line to compare with, such as no effect. */
  readonly line?: number
}

/** A value with its interval on an axis; the figures beside it say the same. */
export function IntervalLine({ value, low, high, from, to, line }: Props) {
  const span = to - from || 1
  const x = (at: number) => PAD + (Math.max(0, Math.min(span, at - from)) / span) * (WIDTH - 2 * PAD)
  return (
    <svg className="interval-line" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <line className="axis" x1={PAD} x2={WIDTH - PAD} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      {line !== undefined && <line className="nought" x1={x(line)} x2={x(line)} y1="1" y2={HEIGHT - 1} />}
      {low !== null && high !== null && (
        <line className="range" x1={x(low)} x2={x(high)} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      )}
      <circle className="value" cx={x(value)} cy={HEIGHT / 2} r="4" />
    </svg>
  )
}
