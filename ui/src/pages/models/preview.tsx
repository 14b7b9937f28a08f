import { useQuery } from "@tanstack/react-query"
import { post } from "@/api/http"
import { t } from "@/app/i18n"
import { count, decimal, percent } from "@/lib/format"
import { Dialog } from "@/parts/dialog"
import { Empty } from "@/parts/empty"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import type { Previewed, Version } from "./types"
import { costOf } from "./versions"

type Line = Previewed["rows"][number]

interface Props {
  readonly own: string
  /** null: what the programme file declares. */
  readonly version: Version | null
  readonly close: () => void
}

/** What a version would say of a few items, how long and how dear that is, and what all would be. */
export function Preview({ own, version, close }: Props) {
  const found = useQuery({
    queryKey: ["preview", own, version?.id],
    queryFn: () => post<Previewed>(`${own}/preview`, { version: version?.id ?? null }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  })
  const shown = found.data
  return (
    <Dialog
      title={t("versions.preview_title", { version: version?.version ?? shown?.version ?? "" })}
      close={close}
      size="xl"
    >
      {found.isPending && <p role="status">{t("versions.preview_asking")}</p>}
      {found.error && <Problem error={found.error} />}
      {shown && (
        <>
          <p>
            {t("versions.preview_said", {
              said: count(shown.said),
              refused: count(shown.refused),
              time: seconds(shown.seconds),
            })}
            {shown.cost !== null && ` · ${costOf(shown.cost, shown.currency)}`}
            {shown.estimate.seconds !== null && (
              <>
                <br />
                {t("versions.estimate", {
                  items: count(shown.estimate.items),
                  time: seconds(shown.estimate.seconds),
                })}
                {shown.estimate.cost !== null &&
                  t("versions.estimate_cost", { cost: costOf(shown.estimate.cost, shown.currency) })}
              </>
            )}
          </p>
          {shown.warnings.map((warning) => (
            <p key={warning} className="model-warning">
              {warning}
            </p>
          ))}
          <p className="dim">
            {t("versions.preview_again", {
              changed: count(shown.changed),
              again: count(shown.asked_again),
            })}
          </p>
          <Table
            label={t("versions.preview")}
            rows={shown.rows}
            columns={COLUMNS()}
            keyOf={({ item_id }) => item_id}
            empty={<Empty title={t("versions.preview_none")} because={t("versions.preview_none_because")} />}
          />
        </>
      )}
    </Dialog>
  )
}

const seconds = (time: number) => (time < 90 ? `${decimal(time, 1)} s` : `${decimal(time / 60, 1)} min`)

const COLUMNS = (): Column<Line>[] => [
  {
    key: "item",
    title: t("versions.item"),
    wide: true,
    cell: ({ text, external_id }) => text || external_id,
  },
  {
    key: "says",
    title: t("versions.says"),
    cell: ({ labels, refused }) =>
      refused === null ? labels.join(", ") : <span>{t("versions.refused", { because: refused })}</span>,
  },
  {
    key: "sure",
    title: t("versions.sure"),
    number: true,
    cell: ({ confidence, confidence_from, refused }) => {
      if (refused !== null) return "–"
      if (confidence === null) return t("versions.no_share")
      return `${percent(confidence)}${confidence_from ? ` (${confidence_from})` : ""}`
    },
  },
]
