import { t } from "@/app/i18n"
import { decimal } from "@/lib/format"
import { type Column, Table } from "@/parts/table"
import { days, hours, SpreadCell, share } from "./spread"
import type { Crew, Policied, Surge, TierLoad } from "./types"

/** What arrives a day against what stands ready, tier by tier, and what a surge does to the queues. */
export function Capacity({ one, level, csv }: { one: Policied; level: number; csv: string }) {
  const { crews, tiers, surges, because } = one.capacity
  const aged = surges.flatMap((surge) => surge.tiers.map((tier) => ({ surge, ...tier })))
  return (
    <>
      <h2>{t("plan.capacity", { policy: one.policy })}</h2>
      {because && <p className="dim">{because}</p>}
      <Table
        label={t("plan.loads")}
        rows={tiers}
        columns={loadColumns(level)}
        keyOf={({ tier }) => String(tier)}
        empty={null}
      />
      {aged.length > 0 && (
        <>
          <h3>{t("plan.surges")}</h3>
          <Table
            label={t("plan.surges")}
            rows={aged}
            columns={surgeColumns(level)}
            keyOf={({ surge, tier }) => `${surge.factor} ${tier}`}
            csv={csv}
            empty={null}
          />
        </>
      )}
      {crews.length > 0 && (
        <>
          <h3>{t("plan.crews")}</h3>
          <Table
            label={t("plan.crews")}
            rows={crews}
            columns={crewColumns()}
            keyOf={({ crew }) => crew}
            empty={null}
          />
        </>
      )}
    </>
  )
}

const loadColumns = (level: number): Column<TierLoad>[] => [
  { key: "tier", title: t("plan.tier"), by: ({ tier }) => tier, cell: ({ tier }) => <b>{tier}</b> },
  {
    key: "demand",
    title: t("plan.demand"),
    cell: ({ demand }) => <SpreadCell one={demand} say={hours} level={level} />,
  },
  {
    key: "standing",
    title: t("plan.standing"),
    cell: ({ standing }) => <SpreadCell one={standing} say={hours} level={level} />,
  },
  {
    key: "load",
    title: t("plan.load"),
    cell: ({ load }) => <SpreadCell one={load} say={share} level={level} />,
  },
]

type Aged = { readonly surge: Surge } & Surge["tiers"][number]

const surgeColumns = (level: number): Column<Aged>[] => [
  {
    key: "factor",
    title: t("plan.factor"),
    by: ({ surge }) => surge.factor,
    cell: ({ surge }) => <b>{t("plan.times", { factor: surge.factor })}</b>,
  },
  { key: "tier", title: t("plan.tier"), by: ({ tier }) => tier, cell: ({ tier }) => tier },
  {
    key: "oldest",
    title: t("plan.oldest"),
    cell: ({ oldest_days }) => <SpreadCell one={oldest_days} say={days} level={level} />,
  },
  {
    key: "backlog",
    title: t("plan.backlog"),
    cell: ({ backlog_hours }) => <SpreadCell one={backlog_hours} say={hours} level={level} />,
  },
  {
    key: "days",
    title: t("plan.days"),
    cell: ({ surge }) => <SpreadCell one={surge.days} say={days} level={level} />,
  },
]

const crewColumns = (): Column<Crew>[] => [
  { key: "crew", title: t("plan.crew"), wide: true, cell: ({ crew }) => <b>{crew}</b> },
  { key: "people", title: t("plan.people"), number: true, cell: ({ people }) => decimal(people, 1) },
  { key: "tiers", title: t("plan.tiers"), cell: ({ tiers }) => tiers.join(", ") },
  {
    key: "skills",
    title: t("plan.skills"),
    cell: ({ skills, languages }) => [...skills, ...languages].join(", ") || "–",
  },
  { key: "works", title: t("plan.works"), cell: ({ works }) => t(works ? "plan.yes" : "plan.no") },
]
