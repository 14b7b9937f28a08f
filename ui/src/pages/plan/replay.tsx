import { address } from "@/api/http"
import { t } from "@/app/i18n"
import { count, money, percent } from "@/lib/format"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { hours, SpreadCell } from "./spread"
import type { Line, Plan } from "./types"

type Row = { readonly from: string; readonly batch: string } & Line

/** Each finished batch as the one before it foretold it, beside what was measured. */
export function Replayed({ plan }: { plan: Plan }) {
  const rows = (plan.pairs ?? []).flatMap(({ from, batch, lines }) =>
    lines.map((line) => ({ from, batch, ...line })),
  )
  const { covered = 0, of = 0, level, currency = "EUR" } = plan
  return (
    <>
      <p className="banner simulated">
        {t("plan.replayed", { method: plan.method, runs: count(plan.runs) })}
      </p>
      <p>{t("plan.covered_of", { covered: count(covered), of: count(of), level: percent(level, 0) })}</p>
      <Table
        label={t("plan.kind.replay")}
        rows={rows}
        columns={columns(level, currency)}
        keyOf={({ batch, of: what }) => `${batch} ${what}`}
        csv={address(`/plans/${plan.id}`, { format: "csv", part: "replay" })}
        keys
        empty={null}
      />
    </>
  )
}

const columns = (level: number, currency: string): Column<Row>[] => {
  const say = (of: Line["of"]) => (value: number) => {
    if (of === "hours") return hours(value)
    return of === "cost" ? money(value, currency) : percent(value)
  }
  return [
    { key: "from", title: t("plan.measured_on"), by: ({ from }) => from, cell: ({ from }) => from },
    { key: "batch", title: t("plan.predicted_of"), by: ({ batch }) => batch, cell: ({ batch }) => batch },
    { key: "of", title: t("plan.of_what"), by: ({ of }) => of, cell: ({ of }) => t(`plan.number.${of}`) },
    {
      key: "predicted",
      title: t("plan.predicted"),
      cell: ({ predicted, of }) => <SpreadCell one={predicted} say={say(of)} level={level} />,
    },
    {
      key: "measured",
      title: t("plan.measured"),
      cell: ({ measured, of }) => (
        <span className="evidence-cell">
          <b className="num">{measured.value === null ? t("plan.unknown") : say(of)(measured.value)}</b>
          {measured.low !== null && measured.high !== null && (
            <small className="num">
              {t("evidence.interval", {
                level: percent(level, 0),
                low: say(of)(measured.low),
                high: say(of)(measured.high),
              })}
            </small>
          )}
          {measured.because && <small>{measured.because}</small>}
          <small className="num">
            {t("evidence.n_of", { n: count(measured.n), eligible: count(measured.eligible) })}
          </small>
        </span>
      ),
    },
    {
      key: "covered",
      title: t("plan.covered"),
      cell: ({ covered }) =>
        covered === null ? (
          "–"
        ) : (
          <Status tone={covered ? "ok" : "warn"}>{t(covered ? "plan.yes" : "plan.no")}</Status>
        ),
    },
  ]
}
