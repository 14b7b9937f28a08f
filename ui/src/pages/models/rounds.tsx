import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { get, post } from "@/api/http"
import { t } from "@/app/i18n"
import { count, moment, percent } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Empty } from "@/parts/empty"
import { type Measured, MeasuredCell } from "@/parts/measured"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import type { LearningView, Round } from "./types"

/** The rounds of the learning loop, and the next one. */
export function Rounds({ path, programme }: { path: string; programme: string }) {
  const [choosing, setChoosing] = useState(false)
  const page = useQuery({
    queryKey: ["learning", programme],
    queryFn: () => get<LearningView>(`${path}/learning`),
  })
  const rounds = page.data?.rounds ?? []
  return (
    <section className="model" aria-label={t("learning.title")}>
      <header className="row">
        <h2>{t("learning.title")}</h2>
        <span className="grow" />
        <button type="button" className="btn small" onClick={() => setChoosing(true)}>
          {t("learning.next")}
        </button>
      </header>
      <p>{t("learning.how")}</p>
      {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      {rounds.length > 0 && <Chart rounds={rounds} level={page.data?.level ?? 0.95} />}
      {page.data && (
        <Table
          label={t("learning.table")}
          rows={rounds}
          columns={COLUMNS()}
          keyOf={({ batch_id }) => batch_id}
          empty={<Empty title={t("learning.none")} because={t("learning.none_because")} />}
        />
      )}
      {choosing && page.data && <Next path={path} page={page.data} close={() => setChoosing(false)} />}
    </section>
  )
}

const COLUMNS = (): Column<Round>[] => [
  {
    key: "batch",
    title: t("learning.batch"),
    cell: ({ batch_id, batch }) => (
      <Link className="round-name" to="/b/$batch" params={{ batch: batch_id }}>
        {batch}
      </Link>
    ),
  },
  {
    key: "strategy",
    title: t("learning.strategy"),
    cell: ({ strategy, selected, random, pool }) =>
      t("learning.strategy_of", {
        name: strategy.name.replace(/\.v\d+$/, "").replaceAll("_", " "),
        selected: count(selected),
        random: count(random),
        pool: count(pool),
      }),
  },
  { key: "version", title: t("learning.version"), cell: ({ version }) => version ?? "–" },
  {
    key: "automated",
    title: t("learning.automated"),
    cell: ({ random_arm }) => <MeasuredCell measured={random_arm.automated} share />,
  },
  {
    key: "error",
    title: t("learning.error"),
    cell: ({ random_arm }) => <MeasuredCell measured={random_arm.error} share />,
  },
  {
    key: "selected",
    title: t("learning.error_selected"),
    cell: ({ selected_arm }) => <MeasuredCell measured={selected_arm.error} share />,
  },
  { key: "at", title: t("learning.at"), cell: ({ at }) => moment(at) },
]

const WIDTH = 560
const HEIGHT = 200
const LEFT = 46
const BOTTOM = 28
const TOP = 22

/** Two shares over rounds, each point with its interval; the table below says the same in numbers. */
function Chart({ rounds, level }: { rounds: readonly Round[]; level: number }) {
  const step = (WIDTH - LEFT - 60) / Math.max(1, rounds.length - 1)
  const x = (at: number) => (rounds.length === 1 ? WIDTH / 2 : LEFT + 16 + at * step)
  const y = (share: number) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)
  const lines: readonly (readonly [string, string, (round: Round) => Measured])[] = [
    ["automated", t("learning.automation"), ({ random_arm }) => random_arm.automated],
    ["error", t("learning.model_error"), ({ random_arm }) => random_arm.error],
  ]
  return (
    <figure className="curve rounds">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("learning.chart")}>
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line className="grid" x1={LEFT} x2={WIDTH - 14} y1={y(share)} y2={y(share)} />
            <text x={LEFT - 8} y={y(share) + 4} textAnchor="end">
              {percent(share, 0)}
            </text>
          </g>
        ))}
        {rounds.map(({ batch_id, batch }, at) => (
          <text key={batch_id} x={x(at)} y={HEIGHT - 8} textAnchor="middle">
            {batch}
          </text>
        ))}
        {lines.map(([key, name, measure], nth) => {
          const points = rounds
            .map((round, at) => ({ at, id: round.batch_id, ...measure(round) }))
            .filter(({ value }) => value !== null)
          return (
            <g key={key} className={`round-${key}`}>
              <polyline
                points={points.map(({ at, value }) => `${x(at) + nth * 5},${y(value ?? 0)}`).join(" ")}
              />
              {points.map(({ at, id, value, low, high }) => (
                <g key={id}>
                  <line x1={x(at) + nth * 5} x2={x(at) + nth * 5} y1={y(low ?? 0)} y2={y(high ?? 1)} />
                  <circle cx={x(at) + nth * 5} cy={y(value ?? 0)} r="4" />
                </g>
              ))}
              <circle cx={LEFT + 6 + nth * 130} cy={8} r="4" />
              <text x={LEFT + 16 + nth * 130} y={12}>
                {name}
              </text>
            </g>
          )
        })}
      </svg>
      <figcaption>{t("learning.chart_how", { level: percent(level, 0) })}</figcaption>
    </figure>
  )
}

interface NextProps {
  readonly path: string
  readonly page: LearningView
  readonly close: () => void
}

function Next({ path, page, close }: NextProps) {
  const [strategy, setStrategy] = useState("margin.v1")
  const [size, setSize] = useState(500)
  const [random, setRandom] = useState(20)
  const queries = useQueryClient()
  const run = async () => {
    await post(`${path}/learning`, { strategy, size, random: random / 100 })
    tell(t("learning.started"))
    await queries.invalidateQueries({ queryKey: ["jobs"] })
  }
  const doc = page.selections.find(({ name }) => name === strategy)?.doc.split("\n\n")[0]
  return (
    <Ask title={t("learning.next")} act={t("learning.act")} close={close} run={run}>
      <label className="field">
        {t("learning.strategy")}
        <select value={strategy} onChange={(event) => setStrategy(event.target.value)}>
          {page.selections.map(({ name }) => (
            <option key={name} value={name}>
              {name.replace(/\.v\d+$/, "").replaceAll("_", " ")}
            </option>
          ))}
        </select>
      </label>
      <p className="dim">{doc}</p>
      <label className="field">
        {t("learning.size")}
        <input
          type="number"
          min={2}
          max={100000}
          value={size}
          onChange={(event) => setSize(Number(event.target.value))}
        />
      </label>
      <label className="field">
        {t("learning.random")} (%)
        <input
          type="number"
          min={0}
          max={100}
          value={random}
          onChange={(event) => setRandom(Number(event.target.value))}
        />
      </label>
    </Ask>
  )
}
