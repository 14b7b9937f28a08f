import { useQuery } from "@tanstack/react-query"
import { useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import { t } from "@/app/i18n"
import { count, decimal, percent } from "@/lib/format"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import { Clusters } from "./clusters"
import { IntervalLine } from "./interval"
import { Probes } from "./probes"
import { Profiles } from "./profiles"
import { HumanAndModel, ScopeLine } from "./room"
import type { AnchoringPage, Effect, Forecast, Form } from "./types"

const FORMS: readonly Form[] = ["agreement", "wrong_followed", "right_kept", "error"]

/** A difference of shares in points, with its sign. */
const points = (share: number) => `${share > 0 ? "+" : ""}${decimal(share * 100, 1)}`

/** What showing a suggestion does to answers: the randomised blind share, errors that cluster, how long answers took. */
export default function AnchoringRoom() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const { form = "agreement" } = useSearch({ strict: false }) as { form?: Form }
  const path = `/programmes/${encodeURIComponent(name)}/anchoring`
  const page = useQuery({ queryKey: ["anchoring", name], queryFn: () => get<AnchoringPage>(path) })
  const go = useNavigate()
  if (page.error || !page.data) {
    return (
      <HumanAndModel room="anchoring">
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </HumanAndModel>
    )
  }
  const { scope, arms, seen, effects, probes, probe_share, profiles, forecasts, blind_share } = page.data
  const whole = new Map(effects.filter(({ by }) => by === "all").map((one) => [one.form, one]))
  const rows = effects.filter((one) => one.form === form)
  return (
    <HumanAndModel room="anchoring">
      <ScopeLine scope={scope} />
      {arms.because && <p className="banner warn">{t("anchoring.unknown", { because: arms.because })}</p>}
      <ul className="key-numbers">
        {FORMS.map((one) => (
          <li key={one}>
            <h2>{t(`anchoring.form.${one}`)}</h2>
            <EffectCell effect={whole.get(one)} />
            <small className="dim">{t(`anchoring.means.${one}`)}</small>
          </li>
        ))}
      </ul>
      <section className="card" aria-labelledby="arms-title">
        <h2 id="arms-title">{t("anchoring.arms")}</h2>
        <p>
          {t("anchoring.arms_about", {
            suggested: count(arms.suggested),
            drawn: count(arms.drawn),
            shown: count(arms.shown),
            hidden: count(arms.hidden),
            share: percent(blind_share),
          })}
        </p>
        <p className="dim small">
          {t("anchoring.seen", {
            never: count(seen.never),
            before: count(seen.before),
            after: count(seen.after),
            crossed: count(arms.crossed),
          })}
        </p>
      </section>
      <h2>{t("anchoring.by_part")}</h2>
      <fieldset className="row forms" aria-label={t("anchoring.which_form")}>
        {FORMS.map((one) => (
          <button
            key={one}
            type="button"
            className="btn small"
            aria-pressed={one === form}
            onClick={() => void go({ to: ".", search: { form: one }, replace: true })}
          >
            {t(`anchoring.form.${one}`)}
          </button>
        ))}
      </fieldset>
      <p className="dim small">
        {t(`anchoring.means.${form}`)} {t("anchoring.caution")}
      </p>
      <Effects rows={rows} csv={address(path, { format: "csv" })} />
      <h2>{t("probes.title")}</h2>
      <Probes share={probe_share} rows={probes} csv={address(path, { format: "csv", part: "probes" })} />
      <h2>{t("anchoring.clusters")}</h2>
      <Clusters programme={name} />
      <h2>{t("anchoring.times")}</h2>
      <p className="dim small">{t("anchoring.times_about")}</p>
      <Profiles profiles={profiles} csv={address(path, { format: "csv", part: "profiles" })} />
      <h2>{t("anchoring.forecast")}</h2>
      <p className="dim small">{t("anchoring.forecast_about")}</p>
      <Table
        label={t("anchoring.forecast")}
        rows={forecasts}
        columns={FORECASTS}
        keyOf={({ effect }) => String(effect)}
        csv={address(path, { format: "csv", part: "forecasts" })}
        empty={null}
      />
    </HumanAndModel>
  )
}

function EffectCell({ effect }: { effect: Effect | undefined }) {
  if (!effect) return null
  const { value, low, high, level, n, eligible, method, because } = effect
  return (
    <span className="evidence-cell" title={method}>
      {value === null ? (
        <>
          <span className="dim">{t("anchoring.not_known")}</span>
          <small>{because}</small>
        </>
      ) : (
        <b className="num">{t("anchoring.points", { points: points(value) })}</b>
      )}
      {value !== null && low !== null && high !== null && (
        <small className="num">
          {t("evidence.interval", { level: percent(level, 0), low: points(low), high: points(high) })}
        </small>
      )}
      {value !== null && low === null && <small>{because}</small>}
      <small className="num">
        {n === eligible
          ? t("evidence.n", { n: count(n) })
          : t("evidence.n_of", { n: count(n), eligible: count(eligible) })}
      </small>
    </span>
  )
}

function Effects({ rows, csv }: { rows: readonly Effect[]; csv: string }) {
  const ends = rows.flatMap(({ value, low, high }) => [value, low, high]).filter((one) => one !== null)
  const reach = Math.max(0.05, ...ends.map((one) => Math.abs(one)))
  const share = (value: number | null, n: number) => (
    <>
      {value === null ? "–" : percent(value)}
      <small>{t("evidence.n", { n: count(n) })}</small>
    </>
  )
  const columns: Column<Effect>[] = [
    {
      key: "part",
      title: t("anchoring.part"),
      wide: true,
      by: ({ by, name }) => `${by} ${name}`,
      cell: ({ by, name }) => (
        <>
          <b>{by === "all" ? t("anchoring.everything") : name}</b>
          {by !== "all" && <small>{t(`anchoring.by.${by}`)}</small>}
        </>
      ),
    },
    {
      key: "shown",
      title: t("anchoring.shown"),
      number: true,
      by: ({ shown }) => shown ?? -1,
      cell: (one) => share(one.shown, one.shown_n),
    },
    {
      key: "hidden",
      title: t("anchoring.hidden"),
      number: true,
      by: ({ hidden }) => hidden ?? -1,
      cell: (one) => share(one.hidden, one.hidden_n),
    },
    {
      key: "effect",
      title: t("anchoring.effect"),
      by: ({ value }) => value ?? -2,
      cell: (one) => <EffectCell effect={one} />,
    },
    {
      key: "line",
      title: t("anchoring.interval", { reach: decimal(reach * 100, 0) }),
      cell: ({ value, low, high }) =>
        value !== null && (
          <IntervalLine value={value} low={low} high={high} from={-reach} to={reach} line={0} />
        ),
    },
  ]
  return (
    <Table
      label={t("anchoring.by_part")}
      rows={rows}
      columns={columns}
      keyOf={({ by, name }) => `${by} ${name}`}
      csv={csv}
      keys
      empty={null}
    />
  )
}

const FORECASTS: Column<Forecast>[] = [
  {
    key: "effect",
    title: t("anchoring.effect"),
    number: true,
    cell: ({ effect }) => t("anchoring.points", { points: decimal(effect * 100, 0) }),
  },
  {
    key: "share",
    title: t("anchoring.needed"),
    number: true,
    cell: ({ share, blind }) =>
      share === null ? (
        <span className="dim">{t("anchoring.no_share")}</span>
      ) : (
        <>
          <b>{percent(share)}</b>
          <small>{t("anchoring.blind_items", { n: count(blind ?? 0) })}</small>
        </>
      ),
  },
  {
    key: "power",
    title: t("anchoring.power"),
    number: true,
    cell: ({ power }) => percent(power, 0),
  },
  {
    key: "assumed",
    title: t("anchoring.assumed"),
    wide: true,
    cell: ({ assumed, because, level }) => (
      <>
        {because && <>{because}. </>}
        <small>
          {assumed}; {t("anchoring.at_level", { level: percent(level, 0) })}
        </small>
      </>
    ),
  },
]
