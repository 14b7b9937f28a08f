import { address } from "@/api/http"
import { t } from "@/app/i18n"
import { count, decimal, percent } from "@/lib/format"
import { type Column, Table } from "@/parts/table"
import { Capacity } from "./capacity"
import { days, hours, paid, points, SpreadCell, share } from "./spread"
import { Tornado } from "./tornado"
import type { Input, Plan, Policied, Risk } from "./types"

/** One plan: policies side by side, the promises at risk, capacity, what each input moves, and every input. */
export function Shown({ plan }: { plan: Plan }) {
  const { id, runs, seed, level, items = 0, because, warnings = [], policies = [], inputs = [] } = plan
  const csv = (part: string) => address(`/plans/${id}`, { format: "csv", part })
  const risks = policies.flatMap((one) => one.sla.map((risk) => ({ policy: one.policy, ...risk })))
  return (
    <>
      <p className="banner simulated">
        {t("plan.simulated", { runs: count(runs), seed, items: count(items), because: because ?? "" })}
      </p>
      {warnings.length > 0 && (
        <section className="banner warn" aria-label={t("plan.warnings")}>
          <b>{t("plan.warnings")}</b>
          <ul>
            {warnings.map((one) => (
              <li key={`${one.about} ${one.because}`}>
                <b>{one.about}:</b> {one.because}
              </li>
            ))}
          </ul>
        </section>
      )}
      <h2>{t("plan.policies")}</h2>
      <Table
        label={t("plan.policies")}
        rows={policies}
        columns={policyColumns(level)}
        keyOf={({ policy }) => policy}
        csv={csv("policies")}
        keys
        empty={null}
      />
      <h2>{t("plan.routed")}</h2>
      <Table
        label={t("plan.routed")}
        rows={policies.flatMap((one) => one.rules.map((rule) => ({ policy: one.policy, ...rule })))}
        columns={ruleColumns(level)}
        keyOf={({ policy, rule, to, tier }) => `${policy} ${rule} ${to} ${tier}`}
        empty={null}
      />
      <h2>{t("plan.risks")}</h2>
      <Table
        label={t("plan.risks")}
        rows={risks}
        columns={riskColumns(level)}
        keyOf={({ policy, term }) => `${policy} ${term}`}
        csv={csv("sla")}
        empty={<p className="dim">{t("plan.no_promise")}</p>}
      />
      {policies[0] && <Capacity one={policies[0]} level={level} csv={csv("capacity")} />}
      {plan.sensitivity && <Tornado found={plan.sensitivity} csv={csv("sensitivity")} />}
      <h2>{t("plan.inputs")}</h2>
      <Table
        label={t("plan.inputs")}
        rows={inputs}
        columns={inputColumns()}
        keyOf={({ input }) => input}
        csv={csv("inputs")}
        empty={null}
      />
      <p className="dim small">{t("plan.digest", { digest: plan.digest.slice(0, 16) })}</p>
      {plan.assumptions && (
        <details>
          <summary>{t("plan.file")}</summary>
          <pre className="mono assumptions">{plan.assumptions}</pre>
        </details>
      )}
    </>
  )
}

const policyColumns = (level: number): Column<Policied>[] => {
  const cell = (
    key: "hours" | "accuracy" | "days" | "saved_hours" | "accuracy_over_hand",
    say: typeof share,
  ) =>
    function Cell(one: Policied) {
      return <SpreadCell one={one[key]} say={say} level={level} />
    }
  return [
    { key: "policy", title: t("plan.policy"), wide: true, cell: ({ policy }) => <b>{policy}</b> },
    {
      key: "hours",
      title: t("plan.hours"),
      by: ({ hours: one }) => one.value ?? -1,
      cell: cell("hours", hours),
    },
    {
      key: "cost",
      title: t("plan.cost"),
      by: ({ cost }) => cost.value ?? -1,
      cell: ({ cost, currency }) => <SpreadCell one={cost} say={paid(currency)} level={level} />,
    },
    {
      key: "accuracy",
      title: t("plan.accuracy"),
      by: ({ accuracy }) => accuracy.value ?? -1,
      cell: cell("accuracy", share),
    },
    { key: "days", title: t("plan.days"), by: ({ days: one }) => one.value ?? 1e9, cell: cell("days", days) },
    {
      key: "saved",
      title: t("plan.saved"),
      by: ({ saved_hours }) => saved_hours.value ?? -1,
      cell: cell("saved_hours", share),
    },
    { key: "over", title: t("plan.over_hand"), cell: cell("accuracy_over_hand", points) },
  ]
}

type Ruled = { readonly policy: string } & Policied["rules"][number]

const ruleColumns = (level: number): Column<Ruled>[] => [
  { key: "policy", title: t("plan.policy"), by: ({ policy }) => policy, cell: ({ policy }) => policy },
  { key: "rule", title: t("plan.rule"), wide: true, by: ({ rule }) => rule, cell: ({ rule }) => rule },
  { key: "to", title: t("plan.to"), by: ({ to }) => to, cell: ({ to, tier }) => t("plan.way", { to, tier }) },
  {
    key: "share",
    title: t("plan.share"),
    by: (one) => one.share.value ?? -1,
    cell: (one) => <SpreadCell one={one.share} say={share} level={level} />,
  },
]

const riskColumns = (level: number): Column<{ readonly policy: string } & Risk>[] => [
  { key: "policy", title: t("plan.policy"), by: ({ policy }) => policy, cell: ({ policy }) => policy },
  { key: "term", title: t("plan.term"), by: ({ term }) => term, cell: ({ term }) => term },
  {
    key: "risk",
    title: t("plan.risk"),
    by: ({ risk }) => risk ?? -1,
    cell: ({ risk, low, high, n, because }) => (
      <SpreadCell
        one={{ value: risk, low, high, n, because }}
        say={share}
        level={level}
        ends="evidence.interval"
      />
    ),
  },
  {
    key: "because",
    title: t("plan.because"),
    wide: true,
    cell: ({ risk, because }) => (risk === null ? "" : because),
  },
]

const inputColumns = (): Column<Input>[] => [
  { key: "input", title: t("plan.input"), wide: true, by: ({ input }) => input, cell: ({ input }) => input },
  {
    key: "value",
    title: t("plan.value"),
    number: true,
    cell: ({ value }) => (typeof value === "boolean" ? t(value ? "plan.yes" : "plan.no") : figure(value)),
  },
  {
    key: "interval",
    title: t("plan.interval"),
    number: true,
    cell: ({ low, high }) => (low === null || high === null ? "–" : `${figure(low)} – ${figure(high)}`),
  },
  {
    key: "origin",
    title: t("plan.origin"),
    by: ({ origin }) => origin,
    cell: ({ origin }) => <span className={`origin ${origin}`}>{t(`plan.from.${origin}`)}</span>,
  },
  {
    key: "n",
    title: t("plan.counted"),
    number: true,
    cell: ({ origin, n, eligible }) =>
      origin === "measured" ? t("evidence.n_of", { n: count(n), eligible: count(eligible) }) : "–",
  },
  { key: "method", title: t("plan.method"), wide: true, cell: ({ method }) => method },
]

const figure = (value: number) =>
  value !== 0 && Math.abs(value) < 1
    ? percent(value)
    : Number.isInteger(value)
      ? count(value)
      : decimal(value, 2)
