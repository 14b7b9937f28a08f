import { Link } from "@tanstack/react-router"
import { t } from "@/app/i18n"
import { count, percent } from "@/lib/format"
import type { Graph } from "./types"

const WIDTH = 1040
const BOX = 210
const HEIGHT = 44
const STEP = HEIGHT + 14
const TOP = 30
const COLUMNS = [0, 277, 554, 830] as const

interface Box {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly title: string
  readonly about: string
  readonly to: string | null
}

const place = (index: number) => TOP + index * STEP

/** Every box of the picture, column by column, the newest on top. */
function boxesOf({ batches, releases, runs }: Graph): Box[] {
  return [
    ...batches.toReversed().map(({ id, name, items }, index) => ({
      id,
      x: COLUMNS[0],
      y: place(index),
      title: name,
      about: t("lineage.items", { n: count(items) }),
      to: `/b/${id}`,
    })),
    ...releases.map(({ id, name, number, rows, parents }, index) => ({
      id,
      x: COLUMNS[1],
      y: place(index),
      title: `${name} #${number}`,
      about: rows === null ? "" : t("lineage.rows", { n: count(rows) }),
      to: parents.length > 0 ? `/releases/${id}/changes` : null,
    })),
    ...runs.map(({ id, name, model }, index) => ({
      id,
      x: COLUMNS[2],
      y: place(index),
      title: name,
      about: model ?? "",
      to: `/runs/${id}`,
    })),
    ...runs.map(({ id, results }, index) => {
      const whole = results.find(({ slice }) => Object.keys(slice).length === 0) ?? results[0]
      return {
        id: `${id}.results`,
        x: COLUMNS[3],
        y: place(index),
        title: whole?.evaluation ?? "–",
        about: whole ? `${whole.measure} ${percent(whole.value)} · n ${count(whole.n)}` : "",
        to: `/runs/${id}`,
      }
    }),
  ]
}

/** From what to what: batches into releases, releases into the next and into runs, runs into evaluations. */
function linesOf({ releases, runs }: Graph): (readonly [string, string])[] {
  return [
    ...releases.flatMap(({ id, batches }) => batches.map((batch) => [batch, id] as const)),
    ...runs.flatMap(({ id, releases: learnt }) => learnt.map((release) => [release.id, id] as const)),
    ...runs.map(({ id }) => [id, `${id}.results`] as const),
  ]
}

/** The picture of where data went; the tables below say the same in words. */
export function Picture({ graph }: { graph: Graph }) {
  const boxes = boxesOf(graph)
  const at = new Map(boxes.map((box) => [box.id, box]))
  const bottom = Math.max(...boxes.map(({ y }) => y)) + STEP
  const heads = [t("lineage.batches"), t("lineage.releases"), t("lineage.runs"), t("lineage.evaluations")]
  return (
    <section className="lineage-scroll" aria-label={t("lineage.picture")}>
      <svg className="lineage" viewBox={`0 0 ${WIDTH} ${bottom}`}>
        <title>{t("lineage.picture")}</title>
        {heads.map((head, index) => (
          <text key={head} x={COLUMNS[index]} y="16" className="dim">
            {head}
          </text>
        ))}
        {linesOf(graph).map(([from, to]) => {
          const [a, b] = [at.get(from), at.get(to)]
          if (!a || !b) return null
          const [x1, y1, x2, y2] = [a.x + BOX, a.y + HEIGHT / 2, b.x, b.y + HEIGHT / 2]
          const middle = (x1 + x2) / 2
          return (
            <path key={`${from}>${to}`} d={`M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`} />
          )
        })}
        {boxes.map((box) =>
          box.to === null ? (
            <Words key={box.id} {...box} />
          ) : (
            <Link key={box.id} to={box.to}>
              <Words {...box} />
            </Link>
          ),
        )}
      </svg>
    </section>
  )
}

function Words({ x, y, title, about }: Box) {
  return (
    <g>
      <rect x={x} y={y} width={BOX} height={HEIGHT} rx="6" />
      <text x={x + 10} y={y + 18}>
        {short(title)}
      </text>
      <text x={x + 10} y={y + 35} className="dim">
        {short(about)}
      </text>
    </g>
  )
}

const short = (text: string) => (text.length > 29 ? `${text.slice(0, 28)}…` : text)
