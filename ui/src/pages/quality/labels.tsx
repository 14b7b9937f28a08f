import { useQueryClient } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { address, post, Refusal } from "@/api/http"
import { t } from "@/app/i18n"
import { count, moment, percent } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { type Measured, MeasuredCell } from "@/parts/measured"
import { tell } from "@/parts/notice"
import { useRows } from "@/parts/rows"
import { type Column, Table } from "@/parts/table"

interface Suspect {
  readonly item_id: string
  readonly external_id: string
  readonly by: string
  readonly instead: string | null
  readonly probability: number
  readonly answers: number
  readonly method: string
  readonly measured_at: number
}

interface Health {
  readonly label: string | null
  readonly name: string | null
  readonly from: string
  readonly skips: number
  readonly escalations: number
  readonly share: Measured
  readonly hard: Measured
}

const SUSPECTS: Column<Suspect>[] = [
  {
    key: "item",
    title: t("item.id"),
    by: ({ external_id }) => external_id,
    cell: ({ item_id, external_id }) => (
      <Link to="/i/$item" params={{ item: item_id }}>
        {external_id}
      </Link>
    ),
  },
  {
    key: "by",
    title: t("suspects.by"),
    by: ({ by }) => by,
    cell: ({ by, instead }) => (
      <>
        {by === "people" ? t("suspects.people") : by}
        {instead && <small>{t("suspects.instead", { label: instead })}</small>}
      </>
    ),
  },
  {
    key: "probability",
    title: t("suspects.probability"),
    by: ({ probability }) => probability,
    number: true,
    cell: ({ by, probability, answers, method }) => (
      <span title={method}>
        {percent(probability)}
        {by === "people" && <small>{t("suspects.answers", { n: count(answers) })}</small>}
      </span>
    ),
  },
  {
    key: "measured",
    title: t("suspects.measured"),
    by: ({ measured_at }) => measured_at,
    cell: ({ measured_at }) => moment(measured_at),
  },
]

/** Accepted labels to be looked at again, and how every label fares from month to month. */
export function Labels({ programme }: { programme: string }) {
  return (
    <>
      <h2>{t("suspects.title")}</h2>
      <p className="lead">{t("suspects.about")}</p>
      <Suspects programme={programme} />
      <h2>{t("health.title")}</h2>
      <p className="lead">{t("health.about")}</p>
      <LabelHealth programme={programme} />
    </>
  )
}

function Suspects({ programme }: { programme: string }) {
  const go = useNavigate()
  const queries = useQueryClient()
  const path = `/programmes/${encodeURIComponent(programme)}`
  const { rows, ...list } = useRows<Suspect>(`${path}/suspects`, {}, 10_000)
  const infer = () =>
    post(`${path}/competence`)
      .then(() => tell(t("team.inferring")))
      .catch((refusal: unknown) => tell(refusal instanceof Refusal ? refusal.sentence : String(refusal)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  const look = (
    <button type="button" className="btn" title={t("team.infer_hint")} onClick={() => void infer()}>
      {t("suspects.look")}
    </button>
  )
  return (
    <>
      {rows !== undefined && rows.length > 0 && <div className="row toolbar">{look}</div>}
      <Table
        label={t("suspects.title")}
        rows={rows}
        columns={SUSPECTS}
        keyOf={({ item_id, by }) => `${item_id} ${by}`}
        onOpen={({ item_id }) => void go({ to: "/i/$item", params: { item: item_id } })}
        csv={address(`${path}/suspects`, { format: "csv" })}
        keys
        {...list}
        empty={
          <Empty title={t("suspects.none")} because={t("suspects.none_because")}>
            {look}
          </Empty>
        }
      />
    </>
  )
}

function LabelHealth({ programme }: { programme: string }) {
  const path = `/programmes/${encodeURIComponent(programme)}/label-health`
  const { rows, ...list } = useRows<Health>(path)
  const columns: Column<Health>[] = [
    {
      key: "label",
      title: t("filter.label"),
      by: ({ name, label }) => name ?? label,
      cell: ({ name, label }) =>
        label ? (
          <Link to="/p/$programme" params={{ programme }} search={{ tab: "items", label }}>
            {name ?? label}
          </Link>
        ) : (
          <span className="dim">{t("health.no_label")}</span>
        ),
    },
    { key: "from", title: t("health.from"), by: ({ from }) => from, cell: ({ from }) => from },
    {
      key: "share",
      title: t("health.share"),
      by: ({ share }) => share.value,
      cell: ({ share }) => <MeasuredCell measured={share} share />,
    },
    {
      key: "hard",
      title: t("health.hard"),
      by: ({ hard }) => hard.value,
      cell: ({ hard, skips, escalations }) => (
        <>
          <MeasuredCell measured={hard} share />
          <small>{t("health.of", { skips: count(skips), questions: count(escalations) })}</small>
        </>
      ),
    },
  ]
  return (
    <Table
      label={t("health.title")}
      rows={rows}
      columns={columns}
      keyOf={({ label, from }) => `${label} ${from}`}
      csv={address(path, { format: "csv" })}
      {...list}
      empty={<Empty title={t("health.none")} because={t("health.none_because")} />}
    />
  )
}
