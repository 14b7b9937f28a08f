import { useState } from "react"
import { address } from "@/api/http"
import { t } from "@/app/i18n"
import { percent } from "@/lib/format"
import { MeasuredCell } from "@/parts/measured"
import { useRows } from "@/parts/rows"
import { type Column, Table } from "@/parts/table"
import { measured, type Part } from "./types"

const COLUMNS: Column<Part>[] = [
  { key: "name", title: t("confidence.name"), wide: true, by: ({ name }) => name, cell: ({ name }) => name },
  {
    key: "ece",
    title: t("confidence.ece"),
    by: ({ ece }) => ece ?? -1,
    cell: (one) => <MeasuredCell measured={measured(one, "ece")} share />,
  },
  {
    key: "accuracy",
    title: t("confidence.accuracy"),
    by: ({ accuracy }) => accuracy ?? -1,
    cell: (one) => <MeasuredCell measured={measured(one, "accuracy")} share />,
  },
  {
    key: "confidence",
    title: t("confidence.mean"),
    number: true,
    by: ({ confidence }) => confidence ?? -1,
    cell: ({ confidence }) => (confidence === null ? "–" : percent(confidence)),
  },
]

/** Reliability label by label, or by the values of a slice. */
export function Parts(props: {
  programme: string
  model: { readonly name: string; readonly version: string }
  slices: readonly string[]
}) {
  const { programme, model, slices } = props
  const [by, setBy] = useState("label")
  const path = `/programmes/${encodeURIComponent(programme)}/confidence/parts`
  const query = { by, model: model.name, version: model.version }
  const { rows, error, retry } = useRows<Part>(path, query)
  return (
    <section>
      <h2>{t("confidence.parts")}</h2>
      {slices.length > 0 && (
        <label className="field">
          {t("confidence.by")}
          <select value={by} onChange={(event) => setBy(event.target.value)}>
            <option value="label">{t("confidence.by_label")}</option>
            {slices.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <Table
        label={t("confidence.parts")}
        rows={rows}
        columns={COLUMNS}
        keyOf={({ name }) => name}
        csv={address(path, { ...query, format: "csv" })}
        error={error}
        retry={retry}
        empty={<p className="dim">{t("confidence.parts_none")}</p>}
      />
    </section>
  )
}
