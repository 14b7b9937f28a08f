import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { get, post, putTo, Refusal } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, moment, percent } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Empty } from "@/parts/empty"
import { MeasuredCell } from "@/parts/measured"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { Bounds } from "./bound"
import { Parts } from "./parts"
import { ReliabilityPlot } from "./plot"
import { PolicyTrial } from "./trial"
import { type ConfidenceView, measured, type Recalibration } from "./types"

/** How far a model's confidence can be believed, and what is made of it. */
export default function ConfidenceRoom() {
  const { programme = "" } = useParams({ strict: false }) as { programme?: string }
  const { model, version } = useSearch({ strict: false }) as { model?: string; version?: string }
  const navigate = useNavigate()
  const path = `/programmes/${encodeURIComponent(programme)}/confidence`
  const page = useQuery({
    queryKey: ["confidence", programme, model, version],
    queryFn: () => get<ConfidenceView>(path, { model, version }),
  })
  const view = page.data
  return (
    <Page
      crumbs={[
        { text: t("place.programmes"), to: "/" },
        { text: programme, to: `/p/${programme}` },
        { text: t("confidence.title") },
      ]}
    >
      <h1>
        {t("confidence.title")}
        {view?.model && (
          <small className="dim">
            {view.model.name} {view.model.version}
          </small>
        )}
      </h1>
      {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      {view && !view.model && <Empty title={t("confidence.none")} because={view.because ?? ""} />}
      {view?.model && (
        <div className="confidence">
          {view.models.length > 1 && (
            <label className="field">
              {t("confidence.version")}
              <select
                value={`${view.model.name} ${view.model.version}`}
                onChange={(event) => {
                  const [name = "", number = ""] = event.target.value.split(" ")
                  void navigate({ to: ".", search: { model: name, version: number } })
                }}
              >
                {view.models.map((one) => (
                  <option key={`${one.name} ${one.version}`} value={`${one.name} ${one.version}`}>
                    {one.name} {one.version}
                  </option>
                ))}
              </select>
            </label>
          )}
          <Reliability view={view} />
          <Recalibrations programme={programme} view={view} />
          <SampleLine programme={programme} view={view} />
          <Bounds programme={programme} bound={view.bound} />
          <PolicyTrial programme={programme} />
          <Parts programme={programme} model={view.model} slices={view.slices} />
        </div>
      )}
    </Page>
  )
}

function Reliability({ view }: { view: ConfidenceView }) {
  const { before, after, sources, left_out, simulated, method } = view.reliability
  const by = view.after_by === view.in_force ? "confidence.after_in_force" : "confidence.after_by"
  return (
    <section className="reliable">
      <div>
        <h2>{t("confidence.reliability")}</h2>
        <p className="dim">{method}</p>
        <dl className="facts">
          <div>
            <dt>{t("confidence.ece_before")}</dt>
            <dd>
              <MeasuredCell measured={measured(before, "ece")} share />
            </dd>
          </div>
          {after && (
            <div>
              <dt>{t(by, { number: view.after_by })}</dt>
              <dd>
                <MeasuredCell measured={measured(after, "ece")} share />
              </dd>
            </div>
          )}
          <div>
            <dt>{t("confidence.accuracy")}</dt>
            <dd>
              <MeasuredCell measured={measured(before, "accuracy")} share />
            </dd>
          </div>
        </dl>
        <p>
          {t("confidence.answers")}{" "}
          {Object.entries(sources)
            .map(([name, n]) => `${count(n)} ${t(`confidence.source.${name}` as "confidence.source.gold")}`)
            .join(", ") || t("confidence.no_answers")}
        </p>
        {Object.entries(left_out).map(([reason, n]) => (
          <p key={reason} className="dim">
            {t("confidence.left_out", { n: count(n), reason })}
          </p>
        ))}
        {simulated > 0 && <p className="status warn">{t("confidence.simulated", { n: count(simulated) })}</p>}
        {after && <p className="dim">{t("confidence.flatters")}</p>}
      </div>
      {before.curve.length > 0 && <ReliabilityPlot before={before} after={after} />}
    </section>
  )
}

function Recalibrations({ programme, view }: { programme: string; view: ConfidenceView }) {
  const [doing, setDoing] = useState<number | null | undefined>(undefined)
  const [because, setBecause] = useState("")
  const queries = useQueryClient()
  const path = `/programmes/${encodeURIComponent(programme)}/confidence`
  const again = () => queries.invalidateQueries({ queryKey: ["confidence", programme] })
  const said = { model: view.model?.name, version: view.model?.version }
  const fit = () =>
    post<Recalibration>(`${path}/recalibrations`, said)
      .then((made) => tell(t("confidence.fitted", { number: made.number })))
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(() => void again())
  const use = async () => {
    await putTo(`${path}/recalibration`, { ...said, number: doing ?? null, because })
    await again()
  }
  return (
    <section>
      <h2>{t("confidence.recalibrations")}</h2>
      <p className="row">
        <button type="button" className="btn" onClick={() => void fit()}>
          {t("confidence.fit")}
        </button>
        {view.in_force !== null && (
          <button type="button" className="btn" onClick={() => setDoing(null)}>
            {t("confidence.use_none")}
          </button>
        )}
      </p>
      <Table
        label={t("confidence.recalibrations")}
        rows={view.recalibrations}
        columns={recalibrationColumns(setDoing)}
        keyOf={({ number }) => String(number)}
        empty={<p className="dim">{t("confidence.recalibrations_none")}</p>}
      />
      {doing !== undefined && (
        <Ask
          title={doing === null ? t("confidence.use_none") : t("confidence.use_title", { number: doing })}
          act={t("confidence.use")}
          close={() => setDoing(undefined)}
          run={use}
          disabled={because.trim().length < 10}
        >
          <p>{t("confidence.use_how")}</p>
          <label className="field">
            {t("confidence.because")}
            <textarea rows={3} value={because} onChange={(event) => setBecause(event.target.value)} />
          </label>
        </Ask>
      )}
    </section>
  )
}

const recalibrationColumns = (use: (number: number) => void): Column<Recalibration>[] => [
  {
    key: "number",
    title: t("confidence.number"),
    by: ({ number }) => number,
    number: true,
    cell: ({ number }) => number,
  },
  { key: "kind", title: t("confidence.kind"), by: ({ kind }) => kind, cell: ({ kind }) => kind },
  { key: "n", title: t("confidence.n"), by: ({ n }) => n, number: true, cell: ({ n }) => count(n) },
  { key: "because", title: t("confidence.because"), wide: true, cell: ({ because }) => because },
  {
    key: "by",
    title: t("confidence.fitted_by"),
    cell: ({ fitted_by, fitted_at }) => `${fitted_by}, ${moment(fitted_at)}`,
  },
  {
    key: "act",
    title: t("confidence.state_title"),
    cell: ({ number, in_force }) =>
      in_force ? (
        <Status tone="ok">{t("confidence.used")}</Status>
      ) : (
        <button type="button" className="btn small" onClick={() => use(number)}>
          {t("confidence.use")}
        </button>
      ),
  },
]

function SampleLine({ programme, view }: { programme: string; view: ConfidenceView }) {
  const [size, setSize] = useState(String(view.sample_size))
  const queries = useQueryClient()
  const draw = () =>
    post(`/programmes/${encodeURIComponent(programme)}/confidence/sample`, {
      model: view.model?.name,
      version: view.model?.version,
      size: Number(size),
    })
      .then(() => tell(t("confidence.drawn")))
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["confidence", programme] }))
  const one = view.sample
  return (
    <section>
      <h2>{t("confidence.sample")}</h2>
      <p>
        {one
          ? t("confidence.sample_is", {
              name: one.batch,
              judged: count(one.judged),
              items: count(one.items),
              share: percent(one.judged / Math.max(1, one.items), 0),
              frame: count(one.frame),
            })
          : t("confidence.sample_none", { size: count(view.sample_size) })}
      </p>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault()
          void draw()
        }}
      >
        <label className="field">
          {t("confidence.size")}
          <input
            type="number"
            required
            min={1}
            max={5000}
            value={size}
            onChange={(event) => setSize(event.target.value)}
          />
        </label>
        <button type="submit" className="btn">
          {t("confidence.draw")}
        </button>
      </form>
    </section>
  )
}
