import { t } from "@/app/i18n"
import { count, decimal, percent } from "@/lib/format"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { IntervalLine } from "./interval"
import type { Caught } from "./types"

interface Props {
  readonly share: number
  readonly rows: readonly Caught[]
  readonly csv: string
}

/** How many planted errors were caught: in all, by person, queue, planted label and model. */
export function Probes({ share, rows, csv }: Props) {
  return (
    <>
      <p className="dim small">
        {share > 0 ? t("probes.about", { share: percent(share) }) : t("probes.about_none")}
      </p>
      <Table
        label={t("probes.title")}
        rows={rows}
        columns={COLUMNS}
        keyOf={({ by, name }) => `${by} ${name}`}
        csv={csv}
        empty={null}
      />
    </>
  )
}

const COLUMNS: Column<Caught>[] = [
  {
    key: "part",
    title: t("probes.part"),
    wide: true,
    by: ({ by, name }) => `${by} ${name}`,
    cell: ({ by, name }) => (
      <>
        <b>{by === "all" ? t("probes.everything") : name}</b>
        {by !== "all" && <small>{t(`probes.by.${by}`)}</small>}
      </>
    ),
  },
  {
    key: "rate",
    title: t("probes.rate"),
    by: ({ value }) => value ?? -1,
    cell: ({ value, low, high, level, n, eligible, method, because }) => (
      <span className="evidence-cell" title={method}>
        {value === null ? (
          <>
            <span className="dim">{t("anchoring.not_known")}</span>
            <small>{because}</small>
          </>
        ) : (
          <b className="num">{percent(value)}</b>
        )}
        {low !== null && high !== null && (
          <small className="num">
            {t("evidence.interval", { level: percent(level, 0), low: percent(low), high: percent(high) })}
          </small>
        )}
        <small className="num">
          {n === eligible
            ? t("evidence.n", { n: count(n) })
            : t("probes.planted_n", { n: count(n), planted: count(eligible) })}
        </small>
      </span>
    ),
  },
  {
    key: "line",
    title: t("probes.line"),
    cell: ({ value, low, high }) =>
      value !== null && <IntervalLine value={value} low={low} high={high} from={0} to={1} />,
  },
  {
    key: "others",
    title: t("probes.others"),
    by: ({ adjusted }) => adjusted ?? 2,
    cell: ({ adjusted, level }) =>
      adjusted !== null && (
        <>
          {adjusted <= 1 - level ? <Status tone="warn">{t("probes.yes")}</Status> : "–"}
          <small className="num">{t("probes.adjusted", { p: decimal(adjusted, 3) })}</small>
        </>
      ),
  },
  {
    key: "unseen",
    title: t("probes.unseen"),
    by: ({ unseen }) => unseen ?? -1,
    cell: ({ unseen, unseen_low, unseen_high }) =>
      unseen !== null &&
      unseen_low !== null &&
      unseen_high !== null && (
        <span className="num">
          {t("probes.unseen_of", {
            share: percent(unseen, 0),
            low: percent(unseen_low, 0),
            high: percent(unseen_high, 0),
          })}
        </span>
      ),
  },
]
