import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { get, post } from "@/api/http"
import { t } from "@/app/i18n"
import { count, decimal, moment, money, percent } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { MeasuredCell } from "@/parts/measured"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { Status, type Tone } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { BoundCurve } from "./bound-curve"
import type { Bound, Change, Check, DesignedBound } from "./types"

const TONES: Record<Check["state"], Tone> = {
  kept: "ok",
  open: "ok",
  broken: "bad",
  unproved: "bad",
  unknown: "dim",
}

/** Thresholds that keep a bound: asked for, designed, looked at, adopted. */
export function Bounds({ programme, bound }: { programme: string; bound: Bound | null }) {
  const [alpha, setAlpha] = useState("5")
  const [sure, setSure] = useState("95")
  const [chosen, choose] = useState<number | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const queries = useQueryClient()
  const path = `/programmes/${encodeURIComponent(programme)}/confidence/bounds`
  const all = useQuery({
    queryKey: ["bounds", programme],
    queryFn: () => get<{ rows: readonly DesignedBound[] }>(path),
  })
  const rows = all.data?.rows ?? []
  const newest = rows[0]?.adopted_at === null ? rows[0].number : null // it waits for a word, a reload later too
  const number = chosen ?? newest
  const designed = useQuery({
    queryKey: ["bounds", programme, number],
    queryFn: () => get<Bound>(`${path}/${number}`),
    enabled: number !== null && number !== bound?.number,
  }).data
  const fresh = (next: number | null) => {
    choose(next)
    return queries.invalidateQueries({ queryKey: ["bounds", programme] })
  }
  const design = async () => {
    setBusy(true)
    setError(null)
    const asked = { alpha: Number(alpha) / 100, confidence: Number(sure) / 100 }
    await post<Bound>(path, asked)
      .then((made) => fresh(made.number))
      .catch(setError)
    setBusy(false)
  }
  return (
    <section>
      <h2>{t("confidence.bounds")}</h2>
      <p className="dim">{t("confidence.bounds_about")}</p>
      {bound && (
        <>
          <h3>{t("confidence.in_force_bound", { number: bound.number, by: bound.adopted_by ?? "" })}</h3>
          <Shown bound={bound} />
          <Checks checks={bound.checks ?? []} tighten={bound.tighten} />
        </>
      )}
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault()
          void design()
        }}
      >
        <label className="field">
          {t("confidence.alpha")}
          <input
            type="number"
            required
            min={0.1}
            max={50}
            step={0.1}
            value={alpha}
            onChange={(event) => setAlpha(event.target.value)}
          />
        </label>
        <label className="field">
          {t("confidence.sure")}
          <input
            type="number"
            required
            min={50}
            max={99.9}
            step={0.1}
            value={sure}
            onChange={(event) => setSure(event.target.value)}
          />
        </label>
        <button type="submit" className="btn" disabled={busy}>
          {t("confidence.design")}
        </button>
      </form>
      {error !== null && <Problem error={error} />}
      {designed && (
        <>
          <h3>{t("confidence.designed", { number: designed.number })}</h3>
          <Shown bound={designed} />
          <Adopt programme={programme} bound={designed} done={() => void fresh(null)} />
        </>
      )}
      {rows.length > 0 && (
        <Table
          label={t("confidence.bounds_all")}
          rows={rows}
          columns={designs(choose)}
          keyOf={(one) => String(one.number)}
          empty={null}
        />
      )}
    </section>
  )
}

const designs = (show: (number: number) => void): Column<DesignedBound>[] => [
  {
    key: "number",
    title: t("confidence.number"),
    number: true,
    by: ({ number }) => number,
    cell: ({ number }) => number,
  },
  {
    key: "asked",
    title: t("confidence.bounds_asked"),
    cell: ({ alpha, confidence }) => `${percent(alpha)}, ${percent(confidence)}`,
  },
  {
    key: "thresholds",
    title: t("confidence.bounds_thresholds"),
    wide: true,
    cell: ({ thresholds }) =>
      Object.entries(thresholds)
        .map(([name, at]) => `${name}: ${at === null ? t("confidence.no_threshold") : decimal(at, 4)}`)
        .join(", "),
  },
  {
    key: "by",
    title: t("confidence.bounds_by"),
    cell: ({ designed_by, designed_at }) => `${designed_by}, ${moment(designed_at)}`,
  },
  {
    key: "act",
    title: t("confidence.state_title"),
    cell: ({ number, adopted_by, adopted_at }) =>
      adopted_at !== null ? (
        <Status tone="ok">{t("confidence.bounds_adopted", { by: adopted_by ?? "" })}</Status>
      ) : (
        <button type="button" className="btn small" onClick={() => show(number)}>
          {t("confidence.bounds_show")}
        </button>
      ),
  },
]

function Shown({ bound }: { bound: Bound }) {
  const { open, prices, asked } = bound
  return (
    <>
      {bound.groups.map((group) => (
        <div key={group.name} className="bound-group">
          <div>
            <h4>{group.name}</h4>
            {group.labels.length > 0 && <p className="dim">{group.labels.join(", ")}</p>}
            {group.threshold === null ? (
              <p>
                <Status tone="dim">{t("confidence.no_threshold")}</Status> {group.because}
              </p>
            ) : (
              <p>
                {t("confidence.threshold", {
                  threshold: decimal(group.threshold, 4),
                  share: percent(group.share),
                  errors: count(group.errors),
                  accepted: count(group.accepted),
                  n: count(group.n),
                })}
              </p>
            )}
            {group.takes && <p>{t("confidence.takes", { because: group.takes.because })}</p>}
            {group.takes?.alpha != null && (
              <p>{t("confidence.takes_alpha", { alpha: percent(group.takes.alpha) })}</p>
            )}
          </div>
          {group.curve.length > 0 && <BoundCurve group={group} alpha={asked.alpha} />}
        </div>
      ))}
      <p>
        {open.cost_before !== null && open.cost_after !== null && open.cost_manual !== null
          ? t("confidence.cost", {
              items: count(open.items),
              before: money(open.cost_before, prices.currency),
              after: money(open.cost_after, prices.currency),
              manual: money(open.cost_manual, prices.currency),
            })
          : t("confidence.cost_unknown", { because: prices.because })}
      </p>
      <p className={bound.shift.shifted ? "status bad" : "dim"}>{bound.shift.because}</p>
      <blockquote>{bound.promise}</blockquote>
      {bound.caution && <p className="status warn">{bound.caution}</p>}
    </>
  )
}

function Checks({ checks, tighten }: { checks: readonly Check[]; tighten: boolean }) {
  return (
    <>
      <p className="dim">{t(tighten ? "confidence.tightens" : "confidence.tightens_not")}</p>
      {checks.length === 0 && <p className="dim">{t("confidence.checks_none")}</p>}
      <ul className="plain">
        {checks.map((one) => (
          <li key={one.group}>
            <Status tone={TONES[one.state]}>{t(`confidence.state.${one.state}`)}</Status> <b>{one.group}</b>{" "}
            {one.because} · {moment(one.at)} <MeasuredCell measured={{ ...one, level: 0.95 }} share />
          </li>
        ))}
      </ul>
    </>
  )
}

/** The diff first, then the adoption: the next version of the programme file. */
function Adopt({ programme, bound, done }: { programme: string; bound: Bound; done: () => void }) {
  const [changes, setChanges] = useState<readonly Change[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [tighten, setTighten] = useState(true)
  const [because, setBecause] = useState("")
  const queries = useQueryClient()
  const path = `/programmes/${encodeURIComponent(programme)}/confidence/bounds/${bound.number}`
  const look = () =>
    get<{ changes: readonly Change[] }>(`${path}/file`)
      .then((found) => setChanges(found.changes))
      .catch(setError)
  const adopt = async () => {
    const found = await post<{ version: number }>(`${path}/adopt`, { tighten, because })
    tell(t("confidence.adopted", { version: found.version }))
    await queries.invalidateQueries({ queryKey: ["confidence", programme] })
    done()
  }
  if (bound.groups.every(({ threshold }) => threshold === null)) return null
  return (
    <>
      <p className="row">
        <button type="button" className="btn primary" onClick={() => void look()}>
          {t("confidence.adopt")}
        </button>
      </p>
      {error !== null && <Problem error={error} />}
      {changes && (
        <Ask
          title={t("confidence.adopt_title", { number: bound.number })}
          act={t("confidence.adopt_act")}
          close={() => setChanges(null)}
          run={adopt}
          disabled={bound.shift.shifted === true && because.trim().length < 10}
        >
          <ul className="plain mono">
            {changes.map((one) => (
              <li key={one.path}>
                {one.path}: <del>{JSON.stringify(one.old)}</del> <ins>{JSON.stringify(one.new)}</ins>
              </li>
            ))}
          </ul>
          <label className="row">
            <input type="checkbox" checked={tighten} onChange={(event) => setTighten(event.target.checked)} />
            {t("confidence.tighten")}
          </label>
          {bound.shift.shifted && (
            <label className="field">
              {t("confidence.shifted_because")}
              <textarea rows={3} value={because} onChange={(event) => setBecause(event.target.value)} />
            </label>
          )}
        </Ask>
      )}
    </>
  )
}
