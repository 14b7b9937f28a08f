import { useQuery } from "@tanstack/react-query"
import { get } from "@/api/http"
import { t } from "@/app/i18n"
import { count } from "@/lib/format"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import { type DeliveryReport, inShort } from "./types"

const WRONG: Column<DeliveryReport["wrong"][number]>[] = [
  { key: "id", title: t("quality.item"), wide: true, cell: ({ external_id }) => external_id },
  {
    key: "delivered",
    title: t("quality.delivered"),
    wide: true,
    cell: ({ delivered }) => inShort(delivered),
  },
  { key: "ours", title: t("quality.ours"), wide: true, cell: ({ ours }) => inShort(ours) },
]

/** What goes back to a provider: the items found wrong, and what a redelivery did about them. */
export function Report({ batch }: { batch: string }) {
  const report = useQuery({
    queryKey: ["delivery", batch],
    queryFn: () => get<DeliveryReport>(`/batches/${batch}/delivery`),
  })
  if (report.error) return <Problem error={report.error} retry={() => void report.refetch()} />
  if (!report.data) return null
  const { provider, file, wrong, compared } = report.data
  return (
    <>
      <p>{t("quality.delivered_by", { provider, file })}</p>
      {compared && (
        <p className="banner">
          {t("quality.compared", {
            changed: count(compared.changed),
            both: count(compared.in_both),
            named: count(compared.named_wrong),
            fixed: count(compared.now_as_ours),
            still: count(compared.still_wrong),
            made: count(compared.made_wrong),
          })}
        </p>
      )}
      <Table
        label={t("quality.found_wrong")}
        rows={wrong}
        columns={WRONG}
        keyOf={({ external_id }) => external_id}
        empty={<p className="dim">{t("quality.none_found_wrong")}</p>}
      />
    </>
  )
}
