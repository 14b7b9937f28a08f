import { useQuery } from "@tanstack/react-query"
import { useParams } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import { t } from "@/app/i18n"
import { count, decimal, money, percent } from "@/lib/format"
import { Flow } from "@/parts/flow"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import { Burn } from "./burn"
import { HumanAndModel, ScopeLine } from "./room"
import type { Budget, Cost, CostStream, EconomicsPage, Saving } from "./types"

/** What labels take and cost, what suggestions save, where the money goes, and what is left of the budget. */
export default function EconomicsRoom() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const path = `/programmes/${encodeURIComponent(name)}/economics`
  const page = useQuery({ queryKey: ["economics", name], queryFn: () => get<EconomicsPage>(path) })
  if (page.error || !page.data) {
    return (
      <HumanAndModel room="economics">
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </HumanAndModel>
    )
  }
  const { scope, currency, costs, savings, streams, budget } = page.data
  const csv = (part: string) => address(path, { format: "csv", part })
  return (
    <HumanAndModel room="economics">
      <ScopeLine scope={scope} />
      <h2>{t("anchoring.savings")}</h2>
      <Table
        label={t("anchoring.savings")}
        rows={savings}
        columns={savingColumns(currency)}
        keyOf={({ of, about }) => `${of} ${about}`}
        csv={csv("savings")}
        empty={null}
      />
      <section className="card" aria-labelledby="budget-title">
        <h2 id="budget-title">{t("anchoring.budget")}</h2>
        <BudgetWords budget={budget} />
        <Burn budget={budget} csv={csv("days")} />
      </section>
      <section className="card" aria-labelledby="money-title">
        <h2 id="money-title">{t("anchoring.where")}</h2>
        <Money streams={streams} currency={currency} csv={csv("streams")} />
      </section>
      <h2>{t("anchoring.costs")}</h2>
      <Table
        label={t("anchoring.costs")}
        rows={costs}
        columns={costColumns(currency)}
        keyOf={({ unit, by, name }) => `${unit} ${by} ${name}`}
        csv={csv("costs")}
        keys
        empty={null}
      />
    </HumanAndModel>
  )
}

function BudgetWords({ budget }: { budget: Budget }) {
  const { amount, currency, spent, left, expected, expected_low, expected_high, level, until, lasts_until } =
    budget
  const say = (minor: number | null) => (minor === null ? t("anchoring.not_known") : money(minor, currency))
  return (
    <>
      <p className={budget.state === "over" || budget.state === "short" ? "banner warn" : ""}>
        {budget.because}
      </p>
      <dl className="figures">
        {amount !== null && (
          <div>
            <dt>{t("anchoring.budget")}</dt>
            <dd className="num">
              {say(amount)}
              {until && <small>{t("anchoring.until", { day: until })}</small>}
            </dd>
          </div>
        )}
        <div>
          <dt>{t("anchoring.spent")}</dt>
          <dd className="num">{say(spent)}</dd>
        </div>
        {left !== null && (
          <div>
            <dt>{t("anchoring.left")}</dt>
            <dd className="num">
              {say(left)}
              {lasts_until && <small>{t("anchoring.lasts", { day: lasts_until })}</small>}
            </dd>
          </div>
        )}
        <div>
          <dt>{t("anchoring.expected")}</dt>
          <dd className="num">
            {say(expected)}
            {expected_low !== null && expected_high !== null && budget.waiting > 0 && (
              <small>
                {t("evidence.interval", {
                  level: percent(level, 0),
                  low: say(expected_low),
                  high: say(expected_high),
                })}
              </small>
            )}
            <small>{t("anchoring.waiting", { count: budget.waiting })}</small>
          </dd>
        </div>
      </dl>
    </>
  )
}

/** Where the money goes; in hours where nobody's rate is known. */
function Money(props: { streams: readonly CostStream[]; currency: string; csv: string }) {
  const { streams, currency, csv } = props
  const priced = streams.some(({ money: paid }) => paid !== null)
  const say = (amount: number) =>
    priced ? money(amount, currency) : t("anchoring.hours", { hours: decimal(amount / 3600, 2) })
  if (streams.length === 0) return <p className="dim">{t("anchoring.nothing_done")}</p>
  return (
    <>
      {!priced && <p className="dim small">{t("anchoring.no_rate")}</p>}
      <Flow
        streams={streams.map(({ cause, queue, state, seconds, money: paid }) => ({
          rule: causeOf(cause),
          queue,
          state,
          items: priced ? (paid ?? 0) : seconds,
        }))}
        say={say}
      />
      <details>
        <summary>{t("anchoring.where_table")}</summary>
        <Table
          label={t("anchoring.where")}
          rows={streams}
          columns={streamColumns(currency)}
          keyOf={({ cause, queue, state }) => `${cause} ${queue} ${state}`}
          csv={csv}
          empty={null}
        />
      </details>
    </>
  )
}

/** Why work was asked for, in words. */
const causeOf = (cause: string): string => t(`anchoring.causes.${cause}`, { defaultValue: cause })

const streamColumns = (currency: string): Column<CostStream>[] => [
  {
    key: "cause",
    title: t("anchoring.cause"),
    wide: true,
    by: ({ cause }) => cause,
    cell: ({ cause }) => causeOf(cause),
  },
  {
    key: "queue",
    title: t("anchoring.by.queue"),
    by: ({ queue }) => queue,
    cell: ({ queue }) => t(`queue.${queue as "verify"}`),
  },
  {
    key: "state",
    title: t("anchoring.becomes"),
    by: ({ state }) => state,
    cell: ({ state }) => t(`decision.${state as "open"}`),
  },
  {
    key: "n",
    title: t("anchoring.judgements"),
    number: true,
    by: ({ judgements }) => judgements,
    cell: ({ judgements }) => count(judgements),
  },
  {
    key: "seconds",
    title: t("anchoring.seconds"),
    number: true,
    by: ({ seconds }) => seconds,
    cell: ({ seconds }) => decimal(seconds, 0),
  },
  {
    key: "money",
    title: t("anchoring.money"),
    number: true,
    by: ({ money: paid }) => paid ?? -1,
    cell: ({ money: paid }) => (paid === null ? "–" : money(paid, currency)),
  },
]

/** Digits that an amount of one item or judgement has beyond a minor unit: most cost a few of those. */
const FINER = 2

function Amount({
  one,
  say,
}: {
  one: {
    value: number | null
    low: number | null
    high: number | null
    level: number
    n: number
    eligible: number
    because: string | null
    method?: string
  }
  say: (value: number) => string
}) {
  const { value, low, high, level, n, eligible, because, method } = one
  return (
    <span className="evidence-cell" title={method}>
      {value === null ? (
        <span className="dim">{t("anchoring.not_known")}</span>
      ) : (
        <b className="num">{say(value)}</b>
      )}
      {value !== null && low !== null && high !== null && (
        <small className="num">
          {t("evidence.interval", { level: percent(level, 0), low: say(low), high: say(high) })}
        </small>
      )}
      {because && <small>{because}</small>}
      <small className="num">
        {n === eligible
          ? t("evidence.n", { n: count(n) })
          : t("evidence.n_of", { n: count(n), eligible: count(eligible) })}
      </small>
    </span>
  )
}

const savingColumns = (currency: string): Column<Saving>[] => {
  const amount =
    ({ of, about }: Saving) =>
    (value: number) =>
      of === "money"
        ? money(value, currency, about === "verified item" ? FINER : 0)
        : t("anchoring.s", { s: decimal(value, 1) })
  return [
    {
      key: "about",
      title: t("anchoring.about_what"),
      wide: true,
      cell: ({ of, about }) => (
        <>
          <b>{t(`anchoring.saving.${about}`)}</b>
          <small>{t(`anchoring.in.${of}`)}</small>
        </>
      ),
    },
    {
      key: "value",
      title: t("anchoring.saved"),
      cell: (one) => <Amount one={one} say={one.about === "verified item" ? amount(one) : percent} />,
    },
    {
      key: "actual",
      title: t("anchoring.paid"),
      number: true,
      cell: (one) => (one.actual === null ? "–" : amount(one)(one.actual)),
    },
    {
      key: "manual",
      title: t("anchoring.by_hand"),
      number: true,
      cell: (one) => (one.manual === null ? "–" : amount(one)(one.manual)),
    },
  ]
}

const costColumns = (currency: string): Column<Cost>[] => [
  {
    key: "part",
    title: t("anchoring.part"),
    wide: true,
    by: ({ unit, by, name }) => `${unit} ${by} ${name}`,
    cell: ({ by, name, unit }) => (
      <>
        <b>{by === "all" ? t("anchoring.everything") : by === "cause" ? causeOf(name) : name}</b>
        <small>
          {t(`anchoring.a.${unit}`)}
          {by !== "all" && `, ${t(`anchoring.cost_part.${by as "queue"}`)}`}
        </small>
      </>
    ),
  },
  {
    key: "seconds",
    title: t("anchoring.seconds"),
    by: ({ seconds }) => seconds ?? -1,
    cell: (one) => (
      <Amount
        one={{ ...one, value: one.seconds, low: one.seconds_low, high: one.seconds_high }}
        say={(value) => decimal(value, 1)}
      />
    ),
  },
  {
    key: "money",
    title: t("anchoring.money"),
    by: ({ money: paid }) => paid ?? -1,
    cell: (one) => (
      <Amount
        one={{
          ...one,
          value: one.money,
          low: one.money_low,
          high: one.money_high,
          n: one.counted,
          because: null,
        }}
        say={(value) => money(value, currency, FINER)}
      />
    ),
  },
  {
    key: "total",
    title: t("anchoring.total"),
    number: true,
    by: ({ total }) => total ?? -1,
    cell: ({ total }) => (total === null ? "–" : money(total, currency)),
  },
]
