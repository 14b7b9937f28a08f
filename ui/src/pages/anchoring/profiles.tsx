import { t } from "@/app/i18n"
import { count, decimal } from "@/lib/format"
import { type Column, Table } from "@/parts/table"
import type { Profile } from "./types"

const EDGES = ["<1", "<2", "<4", "<8", "<15", "<30", "<60", "<120", "≥120"]
const WIDTH = 260
const HEIGHT = 110
const BOTTOM = 30
const TOP = 12

const seconds = (ms: number | null) => (ms === null ? "–" : decimal(ms / 1000, 1))

const COLUMNS: Column<Profile>[] = [
  {
    key: "who",
    title: t("anchoring.part"),
    wide: true,
    by: ({ by, name }) => `${by} ${name}`,
    cell: ({ by, name }) => (by === "all" ? t("anchoring.everybody") : name),
  },
  {
    key: "how",
    title: t("anchoring.how"),
    by: ({ how }) => how,
    cell: ({ how }) => t(`anchoring.hows.${how}`),
  },
  {
    key: "n",
    title: t("anchoring.n"),
    number: true,
    by: ({ n }) => n,
    cell: ({ n, timed }) => (
      <>
        {count(n)}
        {timed < n && <small>{t("anchoring.timed", { timed: count(timed) })}</small>}
      </>
    ),
  },
  { key: "p10", title: "10 %", number: true, by: ({ p10 }) => p10 ?? -1, cell: ({ p10 }) => seconds(p10) },
  { key: "p50", title: "50 %", number: true, by: ({ p50 }) => p50 ?? -1, cell: ({ p50 }) => seconds(p50) },
  { key: "p90", title: "90 %", number: true, by: ({ p90 }) => p90 ?? -1, cell: ({ p90 }) => seconds(p90) },
]

/** How long accepting, correcting, rejecting and answering blind took: shown, and nobody accused. */
export function Profiles({ profiles, csv }: { profiles: readonly Profile[]; csv: string }) {
  const whole = profiles.filter(({ by }) => by === "all")
  return (
    <>
      <div className="profiles">
        {whole.map((one) => (
          <Histogram key={one.how} profile={one} />
        ))}
      </div>
      <Table
        label={t("anchoring.times")}
        rows={profiles}
        columns={COLUMNS}
        keyOf={({ by, name, how }) => `${by} ${name} ${how}`}
        csv={csv}
        empty={<p className="dim">{t("anchoring.no_times")}</p>}
      />
    </>
  )
}

function Histogram({ profile }: { profile: Profile }) {
  const { how, timed, bars, p50 } = profile
  const most = Math.max(1, ...bars)
  const wide = WIDTH / bars.length
  const height = (n: number) => (n / most) * (HEIGHT - BOTTOM - TOP)
  const words = bars.map((n, at) => `${EDGES[at]} s: ${n}`).join(", ")
  return (
    <figure className={`histogram how-${how}`}>
      <figcaption>
        <b>{t(`anchoring.hows.${how}`)}</b>{" "}
        <span className="dim">{t("anchoring.median", { n: count(timed), p50: seconds(p50) })}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${t(`anchoring.hows.${how}`)}: ${words}`}
      >
        {bars.map((n, at) => (
          <g key={EDGES[at]}>
            <rect
              className="bar"
              x={at * wide + 2}
              width={wide - 4}
              y={HEIGHT - BOTTOM - height(n)}
              height={height(n)}
              rx="2"
            />
            {n > 0 && (
              <text x={at * wide + wide / 2} y={HEIGHT - BOTTOM - height(n) - 3} textAnchor="middle">
                {n}
              </text>
            )}
            <text x={at * wide + wide / 2} y={HEIGHT - BOTTOM + 14} textAnchor="middle" className="dim">
              {EDGES[at]}
            </text>
          </g>
        ))}
        <line className="axis" x1="0" x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
        <text x={WIDTH / 2} y={HEIGHT - 3} textAnchor="middle" className="dim">
          {t("anchoring.seconds")}
        </text>
      </svg>
    </figure>
  )
}
