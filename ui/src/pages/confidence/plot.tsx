import "@/styles/quality.css"
import "@/styles/confidence.css"
import { t } from "@/app/i18n"
import { count, percent } from "@/lib/format"
import { type Column, Table } from "@/parts/table"
import type { Point, Reliable } from "./types"

const SIZE = 340
const LEFT = 44
const BOTTOM = 36
const TOP = 10
const RIGHT = 12
const TICKS = [0, 0.25, 0.5, 0.75, 1]

const x = (share: number) => LEFT + share * (SIZE - LEFT - RIGHT)
const y = (share: number) => TOP + (1 - share) * (SIZE - TOP - BOTTOM)

/** What was stated against how often it was right; on the diagonal a model keeps what it says. */
export function ReliabilityPlot({ before, after }: { before: Reliable; after: Reliable | null }) {
  return (
    <figure className="curve reliability">
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={t("confidence.plot")}>
        {TICKS.map((share) => (
          <g key={share}>
            <line className="grid" x1={x(0)} x2={x(1)} y1={y(share)} y2={y(share)} />
            <text x={LEFT - 8} y={y(share) + 4} textAnchor="end">
              {percent(share, 0)}
            </text>
            <text x={x(share)} y={SIZE - 18} textAnchor={share === 1 ? "end" : "middle"}>
              {percent(share, 0)}
            </text>
          </g>
        ))}
        <text x={x(1)} y={SIZE - 4} textAnchor="end">
          {t("confidence.axis_stated")}
        </text>
        <line className="diagonal" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
        <Points points={before.curve} kind="before" />
        {after && <Points points={after.curve} kind="after" />}
      </svg>
      <figcaption>
        <span className="key before">{t("confidence.before")}</span>
        {after && <span className="key after">{t("confidence.after")}</span>}
        <span>{t("confidence.plot_how")}</span>
      </figcaption>
      <details>
        <summary>{t("confidence.plot_table")}</summary>
        <Table
          label={t("confidence.plot")}
          rows={[
            ...before.curve.map((one) => ({ ...one, of: "before" as const })),
            ...(after?.curve ?? []).map((one) => ({ ...one, of: "after" as const })),
          ]}
          columns={POINTS}
          keyOf={({ of, confidence }) => `${of} ${confidence}`}
          empty={null}
        />
      </details>
    </figure>
  )
}

function Points({ points, kind }: { points: readonly Point[]; kind: "before" | "after" }) {
  const most = Math.max(1, ...points.map(({ n }) => n))
  return (
    <g className={kind}>
      {points.map((one) => (
        <g key={one.confidence}>
          <line x1={x(one.confidence)} x2={x(one.confidence)} y1={y(one.low)} y2={y(one.high)} />
          <circle cx={x(one.confidence)} cy={y(one.accuracy)} r={3 + 3 * Math.sqrt(one.n / most)}>
            <title>
              {t("confidence.point", {
                stated: percent(one.confidence),
                right: percent(one.accuracy),
                n: count(one.n),
              })}
            </title>
          </circle>
        </g>
      ))}
    </g>
  )
}

const POINTS: Column<Point & { readonly of: "before" | "after" }>[] = [
  { key: "of", title: t("confidence.which"), by: ({ of }) => of, cell: ({ of }) => t(`confidence.${of}`) },
  {
    key: "stated",
    title: t("confidence.axis_stated"),
    number: true,
    by: ({ confidence }) => confidence,
    cell: ({ confidence }) => percent(confidence),
  },
  {
    key: "right",
    title: t("confidence.right"),
    number: true,
    by: ({ accuracy }) => accuracy,
    cell: ({ accuracy, low, high }) =>
      t("confidence.right_of", { right: percent(accuracy), low: percent(low), high: percent(high) }),
  },
  { key: "n", title: t("confidence.n"), number: true, by: ({ n }) => n, cell: ({ n }) => count(n) },
]
