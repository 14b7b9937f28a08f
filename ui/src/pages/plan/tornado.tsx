import { useState } from "react"
import { t } from "@/app/i18n"
import { decimal, percent } from "@/lib/format"
import { type Column, Table } from "@/parts/table"
import { hours } from "./spread"
import type { End, Plan, Swing } from "./types"

const WIDTH = 720
const LEFT = 210
const RIGHT = 150
const ROW = 30
const TOP = 28

const NUMBERS = ["hours", "accuracy", "days"] as const
type Of = (typeof NUMBERS)[number]

const say: Record<Of, (value: number) => string> = {
  hours,
  accuracy: (value) => percent(value, 2),
  days: (value) => t("plan.days_n", { count: Math.round(value) }),
}

/** What each input moves when it alone goes from one end to the other: bars around the plan, and the same as a table. */
export function Tornado({ found, csv }: { found: NonNullable<Plan["sensitivity"]>; csv: string }) {
  const [of, setOf] = useState<Of>("hours")
  const middle = found.middle[of]
  const rows = found.inputs
    .filter(({ low, high }) => low[of] !== null && high[of] !== null)
    .toSorted((a, b) => swing(b, of) - swing(a, of))
  const values = rows.flatMap(({ low, high }) => [low[of] ?? 0, high[of] ?? 0])
  const from = Math.min(middle ?? 0, ...values)
  const to = Math.max(middle ?? 0, ...values)
  const span = to - from || 1
  const x = (value: number) => LEFT + ((value - from) / span) * (WIDTH - LEFT - RIGHT)
  const height = TOP + rows.length * ROW + 8
  return (
    <>
      <h2>{t("plan.sensitivity", { policy: found.policy })}</h2>
      <p className="dim small">{t("plan.sensitivity_about", { runs: found.runs })}</p>
      <fieldset className="row of-what" aria-label={t("plan.of_what")}>
        {NUMBERS.map((one) => (
          <button
            key={one}
            type="button"
            className="btn small"
            aria-pressed={one === of}
            onClick={() => setOf(one)}
          >
            {t(`plan.number.${one}`)}
          </button>
        ))}
      </fieldset>
      {middle === null ? (
        <p className="dim">{t("plan.unknown")}</p>
      ) : (
        <svg
          className="tornado"
          viewBox={`0 0 ${WIDTH} ${height}`}
          role="img"
          aria-label={t("plan.tornado", { of: t(`plan.number.${of}`), middle: say[of](middle) })}
        >
          <text x={x(middle)} y={16} textAnchor="middle">
            {say[of](middle)}
          </text>
          <line className="middle" x1={x(middle)} x2={x(middle)} y1={TOP - 6} y2={height} />
          {rows.map(({ input, low, high }, n) => (
            <g key={input} transform={`translate(0 ${TOP + n * ROW})`}>
              <text x={LEFT - 12} y={15} textAnchor="end">
                {input}
              </text>
              <Bar from={x(middle)} to={x(low[of] ?? middle)} kind="low" />
              <Bar from={x(middle)} to={x(high[of] ?? middle)} kind="high" />
              <text className="ends" x={WIDTH - RIGHT + 10} y={15}>
                {low.at} · {high.at}
              </text>
            </g>
          ))}
        </svg>
      )}
      <p className="dim small legend">
        <span className="low" /> {t("plan.low_end")} <span className="high" /> {t("plan.high_end")}
      </p>
      <Table
        label={t("plan.sensitivity_table")}
        rows={found.inputs}
        columns={columns()}
        keyOf={({ input }) => input}
        csv={csv}
        empty={null}
      />
    </>
  )
}

const swing = ({ low, high }: Swing, of: Of) => Math.abs((high[of] ?? 0) - (low[of] ?? 0))

function Bar({ from, to, kind }: { from: number; to: number; kind: "low" | "high" }) {
  return <rect className={kind} x={Math.min(from, to)} y={3} width={Math.abs(to - from)} height={16} />
}

const columns = (): Column<Swing>[] => [
  { key: "input", title: t("plan.input"), wide: true, by: ({ input }) => input, cell: ({ input }) => input },
  ...(["low", "high"] as const).flatMap((side): Column<Swing>[] => [
    { key: `${side} at`, title: t(`plan.${side}_end`), cell: (one) => one[side].at },
    ...NUMBERS.map((of) => ({
      key: `${side} ${of}`,
      title: t(`plan.number.${of}`),
      number: true,
      by: (one: Swing) => one[side][of] ?? -1,
      cell: (one: Swing) => figure(one[side], of),
    })),
  ]),
]

const figure = (end: End, of: Of) => {
  const value = end[of]
  if (value === null) return "–"
  return of === "days" ? decimal(value, 0) : say[of](value)
}
