import { useQuery } from "@tanstack/react-query"
import { useParams } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import { t } from "@/app/i18n"
import { count } from "@/lib/format"
import { MeasuredCell } from "@/parts/measured"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import { IntervalLine } from "./interval"
import { HumanAndModel } from "./room"
import type { AccuracyPage, AccuracyRow } from "./types"

interface Line {
  readonly by: AccuracyRow["by"]
  readonly name: string
  readonly first: AccuracyRow
  readonly now: AccuracyRow
}

/** How many labels are right: in all and in every part, before review and as they stand, each with what it stands for. */
export default function AccuracyRoom() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const path = `/programmes/${encodeURIComponent(name)}/accuracy`
  const page = useQuery({ queryKey: ["accuracy", name], queryFn: () => get<AccuracyPage>(path) })
  if (page.error || !page.data) {
    return (
      <HumanAndModel room="accuracy">
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </HumanAndModel>
    )
  }
  const { covered, left_out, accuracy, gap } = page.data
  const lines = paired(accuracy)
  const [whole] = lines
  return (
    <HumanAndModel room="accuracy">
      <ul className="key-numbers">
        {whole && (
          <>
            <li>
              <h2>{t("anchoring.stage.now")}</h2>
              <MeasuredCell measured={whole.now} share />
            </li>
            <li>
              <h2>{t("anchoring.stage.first")}</h2>
              <MeasuredCell measured={whole.first} share />
            </li>
          </>
        )}
        <li>
          <h2>{t("anchoring.covered")}</h2>
          <span className="evidence-cell">
            <b className="num">
              {t("anchoring.n_of", { n: count(covered.items), of: count(covered.of_items) })}
            </b>
            <small>
              {t("anchoring.covered_about", {
                batches: count(covered.batches),
                of: count(covered.of),
                judged: count(covered.judged),
              })}
            </small>
          </span>
        </li>
      </ul>
      <section className="card" aria-labelledby="gap-title">
        <h2 id="gap-title">{t("anchoring.gap")}</h2>
        <p>{gap.says}</p>
      </section>
      <h2>{t("anchoring.accuracy_by")}</h2>
      <p className="dim small">{t("anchoring.accuracy_about")}</p>
      <Table
        label={t("anchoring.accuracy_by")}
        rows={lines}
        columns={COLUMNS}
        keyOf={({ by, name }) => `${by} ${name}`}
        csv={address(path, { format: "csv" })}
        keys
        empty={null}
      />
      {left_out.length > 0 && (
        <>
          <h2>{t("anchoring.left_out")}</h2>
          <ul>
            {left_out.map(({ batch, items, because }) => (
              <li key={batch}>
                <b>{batch}</b> ({t("anchoring.items", { count: items })}): {because}
              </li>
            ))}
          </ul>
        </>
      )}
    </HumanAndModel>
  )
}

function paired(rows: readonly AccuracyRow[]): Line[] {
  const first = new Map(
    rows.filter(({ stage }) => stage === "first").map((one) => [`${one.by} ${one.name}`, one]),
  )
  return rows.flatMap((now) => {
    const before = first.get(`${now.by} ${now.name}`)
    return now.stage === "now" && before ? [{ by: now.by, name: now.name, first: before, now }] : []
  })
}

const COLUMNS: Column<Line>[] = [
  {
    key: "part",
    title: t("anchoring.part"),
    wide: true,
    by: ({ by, name }) => `${by} ${name}`,
    cell: ({ by, name }) => (
      <>
        <b>{by === "all" ? t("anchoring.full_dataset") : name}</b>
        {by !== "all" && <small>{t(`anchoring.accuracy_part.${by}`)}</small>}
      </>
    ),
  },
  {
    key: "first",
    title: t("anchoring.stage.first"),
    by: ({ first }) => first.value ?? -1,
    cell: ({ first }) => <MeasuredCell measured={first} share />,
  },
  {
    key: "now",
    title: t("anchoring.stage.now"),
    by: ({ now }) => now.value ?? -1,
    cell: ({ now }) => <MeasuredCell measured={now} share />,
  },
  {
    key: "line",
    title: t("anchoring.accuracy_line"),
    cell: ({ now }) =>
      now.value !== null && <IntervalLine value={now.value} low={now.low} high={now.high} from={0} to={1} />,
  },
]
