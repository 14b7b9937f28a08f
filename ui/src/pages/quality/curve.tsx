import { t } from "@/app/i18n"
import { count, percent } from "@/lib/format"
import type { Plan } from "./types"

const WIDTH = 560
const HEIGHT = 230
const LEFT = 46
const BOTTOM = 34
const TOP = 12
const RIGHT = 14

/** How likely a batch is accepted, by its share of wrong labels. The sentence beside it says the two promised points. */
export function Curve({ plan }: { plan: Plan }) {
  const { characteristic: points } = plan
  const reach = points.at(-1)?.rate ?? 1
  const x = (rate: number) => LEFT + (rate / reach) * (WIDTH - LEFT - RIGHT)
  const y = (chance: number) => TOP + (1 - chance) * (HEIGHT - TOP - BOTTOM)
  const line = points
    .map(({ rate, acceptance }) => `${x(rate).toFixed(1)},${y(acceptance).toFixed(1)}`)
    .join(" ")
  const marks = [
    { name: t("quality.aql"), rate: plan.aql, chance: 1 - plan.producer_risk },
    { name: t("quality.ltpd"), rate: plan.ltpd, chance: plan.consumer_risk },
  ]
  const least = Math.min(...points.map(({ average_sample }) => average_sample))
  const most = Math.max(...points.map(({ average_sample }) => average_sample))
  return (
    <figure className="curve">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("quality.curve")}>
        {[0, 0.5, 1].map((chance) => (
          <g key={chance}>
            <line className="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(chance)} y2={y(chance)} />
            <text x={LEFT - 8} y={y(chance) + 4} textAnchor="end">
              {percent(chance, 0)}
            </text>
          </g>
        ))}
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <text key={part} x={x(part * reach)} y={HEIGHT - 12} textAnchor={part === 1 ? "end" : "middle"}>
            {percent(part * reach, 1)}
          </text>
        ))}
        {marks.map(({ name, rate, chance }) => (
          <g key={name}>
            <line className="point" x1={x(rate)} x2={x(rate)} y1={TOP} y2={HEIGHT - BOTTOM} />
            <circle className="point" cx={x(rate)} cy={y(chance)} r="4" />
            <text className="strong" x={x(rate) + 6} y={TOP + 10}>
              {name}
            </text>
          </g>
        ))}
        <polyline className="line" points={line} />
      </svg>
      <figcaption>
        {t("quality.promise_points", {
          aql: percent(plan.aql, 2),
          passes: percent(1 - plan.producer_risk, 0),
          ltpd: percent(plan.ltpd, 2),
          slips: percent(plan.consumer_risk, 0),
        })}{" "}
        {t("quality.promise_size", {
          kind: t(`quality.kind.${plan.kind}`),
          most: count(plan.most),
          least: count(Math.round(least)),
          upto: count(Math.round(most)),
        })}
      </figcaption>
    </figure>
  )
}
