import "@/styles/quality.css"
import "@/styles/confidence.css"
import { t } from "@/app/i18n"
import { count, decimal, percent } from "@/lib/format"
import { type Column, Table } from "@/parts/table"
import type { CurvePoint, Group } from "./types"

const WIDTH = 560
const HEIGHT = 220
const LEFT = 46
const BOTTOM = 34
const TOP = 12
const RIGHT = 14

/** How much passes against how much of it is wrong, with the upper limit of every point and the bound across. */
export function BoundCurve({ group, alpha }: { group: Group; alpha: number }) {
  const points = group.curve
  const reach = Math.min(1, Math.max(3 * alpha, ...points.map(({ error }) => error)) * 1.1)
  const x = (share: number) => LEFT + share * (WIDTH - LEFT - RIGHT)
  const y = (error: number) => TOP + (1 - Math.min(1, error / reach)) * (HEIGHT - TOP - BOTTOM)
  const line = (of: "error" | "high") =>
    points.map((one) => `${x(one.share).toFixed(1)},${y(one[of]).toFixed(1)}`).join(" ")
  return (
    <figure className="curve">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={t("confidence.bound_curve", { name: group.name })}
      >
        {[0, 0.5, 1].map((part) => (
          <g key={part}>
            <line className="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(part * reach)} y2={y(part * reach)} />
            <text x={LEFT - 8} y={y(part * reach) + 4} textAnchor="end">
              {percent(part * reach, 0)}
            </text>
          </g>
        ))}
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <text key={share} x={x(share)} y={HEIGHT - 12} textAnchor={share === 1 ? "end" : "middle"}>
            {percent(share, 0)}
          </text>
        ))}
        <line className="point" x1={LEFT} x2={WIDTH - RIGHT} y1={y(alpha)} y2={y(alpha)} />
        {group.stated !== null && (
          <line className="chosen" x1={x(group.share)} x2={x(group.share)} y1={TOP} y2={HEIGHT - BOTTOM} />
        )}
        <polyline className="limit" points={line("high")} />
        <polyline className="line" points={line("error")} />
      </svg>
      <figcaption>{t("confidence.bound_curve_how", { alpha: percent(alpha) })}</figcaption>
      <details>
        <summary>{t("confidence.plot_table")}</summary>
        <Table
          label={t("confidence.bound_curve", { name: group.name })}
          rows={points}
          columns={COLUMNS}
          keyOf={({ stated }) => String(stated)}
          empty={null}
        />
      </details>
    </figure>
  )
}

const COLUMNS: Column<CurvePoint>[] = [
  {
    key: "stated",
    title: t("confidence.from"),
    number: true,
    by: ({ stated }) => stated,
    cell: ({ stated }) => decimal(stated, 4),
  },
  {
    key: "share",
    title: t("confidence.passes"),
    number: true,
    by: ({ share }) => share,
    cell: ({ share, accepted }) => `${percent(share)} (${count(accepted)})`,
  },
  {
    key: "error",
    title: t("confidence.wrong"),
    number: true,
    by: ({ error }) => error,
    cell: ({ error }) => percent(error),
  },
  {
    key: "high",
    title: t("confidence.wrong_at_most"),
    number: true,
    by: ({ high }) => high,
    cell: ({ high }) => percent(high),
  },
]
