import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { get, post } from "@/api/http"
import type { Programme, Release, Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, moment, percent } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Empty } from "@/parts/empty"
import { useJobs } from "@/parts/jobs"
import { tell } from "@/parts/notice"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import type { Collision, Compared, GoldRelease } from "./types"

const SHOWN = 5

const COLUMNS: Column<Collision>[] = [
  { key: "row", title: t("sources.row"), wide: true, cell: ({ external_id }) => external_id },
  {
    key: "way",
    title: t("sources.way"),
    cell: ({ way }) => t(`sources.ways.${way}` as "sources.ways.exact"),
  },
  { key: "set", title: t("sources.evaluation"), cell: ({ evaluation }) => evaluation },
  { key: "id", title: t("sources.evaluation_row"), cell: ({ evaluation_id }) => evaluation_id },
]

/** What the newest comparisons found. */
function Results({ found }: { found: readonly { id: string; at: number; result: Compared }[] }) {
  if (found.length === 0) {
    return <Empty title={t("sources.not_compared")} because={t("sources.not_compared_because")} />
  }
  return (
    <div role="status" className="stack">
      {found.map(({ id, at, result }) => (
        <section key={id} className="card stack" aria-label={result.about}>
          <Status tone={result.collide > 0 ? "bad" : "ok"}>
            {t("sources.collide", {
              collide: count(result.collide),
              rows: count(result.rows),
              share: result.share === null ? "–" : percent(result.share, 2),
              about: result.about,
              against: result.against.join(", "),
            })}
          </Status>
          <p className="dim">
            {Object.entries(result.ways)
              .map(([way, n]) => `${t(`sources.ways.${way}` as "sources.ways.exact")}: ${count(n)}`)
              .join(" · ")}{" "}
            · {t("sources.counted", { words: result.words, at: moment(at) })}
          </p>
          {result.collisions.length > 0 && (
            <Table
              label={t("sources.collisions", { about: result.about })}
              rows={result.collisions}
              columns={COLUMNS}
              keyOf={({ external_id, evaluation_id }) => `${external_id} ${evaluation_id}`}
              empty={null}
            />
          )}
        </section>
      ))}
    </div>
  )
}

interface Asked {
  readonly programme: Programme
  readonly releases: readonly Release[]
  readonly close: () => void
}

/** Asks which rows are held against which evaluation sets. */
function Compare({ programme, releases, close }: Asked) {
  const [release, setRelease] = useState("")
  const [against, setAgainst] = useState<readonly string[]>([])
  const [words, setWords] = useState(8)
  const queries = useQueryClient()
  const gold = useQuery({
    queryKey: ["gold releases", programme.id],
    queryFn: () => get<Rows<GoldRelease>>(`/programmes/${programme.id}/gold`),
  })
  const sets = [
    ...(gold.data?.rows ?? []).map((one) => ({ ...one, kind: t("sources.gold") })),
    ...releases.filter(({ id }) => id !== release).map((one) => ({ ...one, kind: t("sources.dataset") })),
  ]
  const run = () =>
    post(`/programmes/${programme.id}/contamination`, { release_id: release || null, against, words })
      .then(() => tell(t("sources.comparing")))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  return (
    <Ask
      title={t("sources.compare")}
      act={t("sources.compare_do")}
      close={close}
      run={run}
      disabled={against.length === 0}
    >
      <label className="field">
        {t("sources.what")}
        <select value={release} onChange={({ target }) => setRelease(target.value)}>
          <option value="">{t("sources.draft")}</option>
          {releases.map(({ id, name, number }) => (
            <option key={id} value={id}>
              {name} #{number}
            </option>
          ))}
        </select>
      </label>
      <fieldset className="field">
        <legend>{t("sources.against")}</legend>
        {sets.length === 0 && <p className="dim">{t("sources.no_sets")}</p>}
        {sets.map(({ id, name, number, kind }) => (
          <label key={id} className="check">
            <input
              type="checkbox"
              checked={against.includes(id)}
              onChange={({ target }) =>
                setAgainst(target.checked ? [...against, id] : against.filter((one) => one !== id))
              }
            />
            <span>
              {name} #{number} <small className="dim">{kind}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <label className="field">
        {t("sources.words")}
        <input
          type="number"
          min={3}
          max={50}
          value={words}
          onChange={({ target }) => setWords(Number(target.value))}
          required
        />
      </label>
    </Ask>
  )
}

/** Which rows stand in evaluation sets: asked for here, and what was found. */
export function Evaluation({ programme, releases }: { programme: Programme; releases: readonly Release[] }) {
  const jobs = useJobs(programme.id)
  const [asking, setAsking] = useState(false)
  const found = (jobs.data?.rows ?? [])
    .filter(({ kind, state }) => kind === "contamination" && state === "done")
    .slice(0, SHOWN)
    .map(({ id, finished_at, result }) => ({ id, at: finished_at ?? 0, result: result as Compared }))
  return (
    <>
      <div className="row">
        <h2 className="grow">{t("sources.evaluation_sets")}</h2>
        <button type="button" className="btn" onClick={() => setAsking(true)}>
          {t("sources.compare")}
        </button>
      </div>
      <Results found={found} />
      {asking && <Compare programme={programme} releases={releases} close={() => setAsking(false)} />}
    </>
  )
}
