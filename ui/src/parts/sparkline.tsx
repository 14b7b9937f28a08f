import type { ProgrammeRow } from "@/api/nouns"
import { t } from "@/app/i18n"
import { percent } from "@/lib/format"

const WIDTH = 84
const HEIGHT = 26
const PAD = 4

interface Props {
  readonly points: ProgrammeRow["accuracy_history"]
  readonly floor: number | null
}

/** The accuracy of the last batches with their intervals, and the floor; its words are the same as a list. */
export function Sparkline({ points, floor }: Props) {
  if (points.length === 0) return null
  const all = points.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value])
  const bottom = Math.min(...all, floor ?? 1)
  const top = Math.max(...all, floor ?? 0)
  const span = top - bottom || 1
  const y = (value: number) => HEIGHT - PAD - ((value - bottom) / span) * (HEIGHT - 2 * PAD)
  const x = (at: number) =>
    points.length === 1 ? WIDTH / 2 : PAD + (at * (WIDTH - 2 * PAD)) / (points.length - 1)
  const values = points.map(({ batch, value }) => `${batch} ${percent(value)}`).join(", ")
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={t("overview.history", { count: points.length, values })}
    >
      {floor !== null && <line x1="0" x2={WIDTH} y1={y(floor)} y2={y(floor)} className="floor" />}
      {points.map(({ batch_id, low, high, value }, at) => (
        <line
          key={batch_id}
          className="range"
          x1={x(at)}
          x2={x(at)}
          y1={y(low ?? value)}
          y2={y(high ?? value)}
        />
      ))}
      <polyline className="line" points={points.map(({ value }, at) => `${x(at)},${y(value)}`).join(" ")} />
      {points.map(({ batch_id, value }, at) => (
        <circle key={batch_id} className="dot" cx={x(at)} cy={y(value)} r="2.5" />
      ))}
    </svg>
  )
}
