import { t } from "@/app/i18n"
import { money } from "@/lib/format"
import { type Column, Table } from "@/parts/table"
import type { Budget } from "./types"

const WIDTH = 640
const HEIGHT = 200
const LEFT = 90
const RIGHT = 16
const TOP = 14
const BOTTOM = 30

/** What was spent day by day, beside the budget and what everything that is in costs when it is labelled. */
export function Burn({ budget, csv }: { budget: Budget; csv: string }) {
  const { days, amount, expected, currency } = budget
  if (days.length === 0) return null
  const most = Math.max(...days.map(({ sum }) => sum), amount ?? 0, expected ?? 0) || 1
  const at = days.map(({ day }) => Date.parse(day))
  const from = at[0] ?? 0
  const span = (at.at(-1) ?? from) - from || 1
  const x = (moment: number) =>
    at.length === 1 ? WIDTH - RIGHT : LEFT + ((moment - from) / span) * (WIDTH - LEFT - RIGHT)
  const y = (sum: number) => HEIGHT - BOTTOM - (sum / most) * (HEIGHT - TOP - BOTTOM)
  const line = days.map(({ sum }, n) => `${x(at[n] ?? from).toFixed(1)},${y(sum).toFixed(1)}`).join(" ")
  const levels = [
    ...(amount === null ? [] : [{ name: t("anchoring.budget"), sum: amount, kind: "amount" }]),
    ...(expected === null ? [] : [{ name: t("anchoring.expected"), sum: expected, kind: "expected" }]),
  ]
  const picture = (
    <svg
      className="burn"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={t("anchoring.burn_label", { sum: money(days.at(-1)?.sum ?? 0, currency) })}
    >
      <line className="axis" x1={LEFT} x2={WIDTH - RIGHT} y1={y(0)} y2={y(0)} />
      {levels.map(({ name, sum, kind }) => (
        <g key={kind} className={kind}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(sum)} y2={y(sum)} />
          <text x={LEFT - 8} y={y(sum) + 4} textAnchor="end">
            {money(sum, currency)}
          </text>
          <text x={LEFT + 6} y={y(sum) - 4}>
            {name}
          </text>
        </g>
      ))}
      <polyline className="spent" points={`${LEFT},${y(0)} ${line}`} />
      {days.map(({ day, sum }, n) => (
        <circle key={day} className="spent" cx={x(at[n] ?? from)} cy={y(sum)} r="3" />
      ))}
      <text x={LEFT} y={HEIGHT - 10}>
        {days[0]?.day}
      </text>
      <text x={WIDTH - RIGHT} y={HEIGHT - 10} textAnchor="end">
        {days.at(-1)?.day}
      </text>
    </svg>
  )
  return (
    <>
      {picture}
      <details>
        <summary>{t("anchoring.burn_table")}</summary>
        <Table
          label={t("anchoring.burn_table")}
          rows={days}
          columns={dayColumns(currency)}
          keyOf={({ day }) => day}
          csv={csv}
          empty={null}
        />
      </details>
    </>
  )
}

const dayColumns = (currency: string): Column<Budget["days"][number]>[] => [
  { key: "day", title: t("anchoring.day"), by: ({ day }) => day, cell: ({ day }) => day },
  {
    key: "money",
    title: t("anchoring.spent_that_day"),
    number: true,
    by: (one) => one.money,
    cell: (one) => money(one.money, currency),
  },
  {
    key: "sum",
    title: t("anchoring.spent"),
    number: true,
    by: ({ sum }) => sum,
    cell: ({ sum }) => money(sum, currency),
  },
]
