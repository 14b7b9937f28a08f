import "@/styles/sla.css"
import { t } from "@/app/i18n"
import { percent } from "@/lib/format"
import { type Measured, MeasuredCell } from "@/parts/measured"
import { Problem } from "@/parts/problem"
import { useRows } from "@/parts/rows"
import { type Column, Table } from "@/parts/table"

interface Agreement extends Measured {
  readonly task: string
  readonly by: string
  readonly name: string
  readonly batches: number
  readonly of: number
  readonly floor: number | null
}

const COLUMNS: Column<Agreement>[] = [
  { key: "by", title: t("sla.by"), by: ({ by }) => by, cell: ({ by }) => by },
  { key: "name", title: t("sla.name"), wide: true, by: ({ name }) => name, cell: ({ name }) => name },
  {
    key: "value",
    title: t("sla.agreement"),
    by: ({ value }) => value ?? -1,
    cell: (one) => (
      <>
        <MeasuredCell measured={one} share />
        {one.floor !== null && <small>{t("sla.floor", { floor: percent(one.floor, 0) })}</small>}
      </>
    ),
  },
  {
    key: "batches",
    title: t("sla.batch"),
    cell: ({ batches, of }) => t("sla.of_batches", { batches, of }),
  },
]

/** Agreement of all batches taken together: by task type, label and slice. */
export function AgreementOver({ programme }: { programme: string }) {
  const path = `/programmes/${encodeURIComponent(programme)}/agreement`
  const { rows, error, retry } = useRows<Agreement>(path, {}, 30_000)
  if (error) return <Problem error={error} retry={retry} />
  return (
    <>
      <h2>{t("sla.agreement_over")}</h2>
      <Table
        label={t("sla.agreement_over")}
        rows={rows}
        columns={COLUMNS}
        keyOf={({ task, by, name }) => `${task} ${by} ${name}`}
        empty={<p className="dim">{t("sla.agreement_none")}</p>}
      />
    </>
  )
}
