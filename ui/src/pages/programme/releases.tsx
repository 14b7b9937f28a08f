import { useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { address, post, Refusal } from "@/api/http"
import type { Door, Job, ProgrammePage, Release } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, moment } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Empty } from "@/parts/empty"
import { LabelsNow } from "@/parts/formats"
import { useFreshAfterJobs, useJobs } from "@/parts/jobs"
import { tell } from "@/parts/notice"
import { useRows } from "@/parts/rows"
import { useOrder } from "@/parts/sorted"
import { Status, type Tone } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { Deliveries, NextRelease } from "./leaving"

type Act = (release: Release) => void

interface Acts {
  readonly verify: Act
  readonly withdraw: Act
  readonly deliver: Act
}

const STATES: Record<string, Tone> = { sealed: "accent", delivered: "ok", withdrawn: "bad" }

const columnsWith = (may: readonly Door[], { verify, withdraw, deliver }: Acts): Column<Release>[] => [
  {
    key: "name",
    title: t("release.name"),
    sort: "name",
    wide: true,
    cell: ({ name, number, withdrawn }) => (
      <>
        <b>
          {name} #{number}
        </b>
        {withdrawn && (
          <small>{t("release.withdrawn_by", { by: withdrawn.by, because: withdrawn.because })}</small>
        )}
      </>
    ),
  },
  {
    key: "state",
    title: t("leaving.state"),
    by: ({ state }) => state ?? "",
    cell: ({ state }) =>
      state ? (
        <Status tone={STATES[state] ?? "dim"}>{t(`leaving.is.${state}` as "leaving.is.sealed")}</Status>
      ) : null,
  },
  {
    key: "rows",
    title: t("release.rows"),
    by: ({ rows }) => rows,
    number: true,
    cell: ({ rows }) => (rows == null ? "–" : count(rows)),
  },
  {
    key: "digest",
    title: t("release.digest"),
    cell: ({ digest }) => (
      <span className="mono clip" title={digest}>
        {digest.slice(0, 19)}…
      </span>
    ),
  },
  {
    key: "sealed",
    title: t("release.sealed"),
    sort: "sealed",
    cell: ({ sealed_at }) => moment(sealed_at),
  },
  {
    key: "get",
    title: t("table.act"),
    cell: (release) => {
      const { id, kind, number, erased, withdrawn } = release
      if (erased) {
        return <span className="dim">{t("protection.release_erased", { because: erased.because })}</span>
      }
      if (kind !== "dataset") return null
      return (
        <span className="row tight">
          {!withdrawn && may.includes("export") && (
            <a className="btn small" href={address(`/releases/${id}/download`)} download>
              {t("release.download")}
            </a>
          )}
          {number > 1 && (
            <Link className="btn small" to="/releases/$release/changes" params={{ release: id }}>
              {t("release.changes")}
            </Link>
          )}
          {may.includes("verify") && (
            <button type="button" className="btn small" onClick={() => verify(release)}>
              {t("verify.do")}
            </button>
          )}
          <button type="button" className="btn small" onClick={() => deliver(release)}>
            {t("leaving.receipts")}
          </button>
          {!withdrawn && may.includes("release") && (
            <button type="button" className="btn small" onClick={() => withdraw(release)}>
              {t("release.withdraw")}
            </button>
          )}
        </span>
      )
    },
  },
]

const HEADINGS = [
  { key: "name", sort: "name" },
  { key: "sealed", sort: "sealed" },
]

interface Result {
  readonly release_id: string
  readonly outcome: string
  readonly because: string
  readonly problems: readonly string[]
}

/** What the newest check of each release found. */
function Verified({ jobs, releases }: { jobs: readonly Job[]; releases: readonly Release[] }) {
  const newest = new Map<string, Result>()
  for (const { kind, state, result } of jobs) {
    if (kind !== "verify_release" || state !== "done") continue
    const found = result as Result
    if (!newest.has(found.release_id)) newest.set(found.release_id, found)
  }
  return (
    <div role="status" className="stack">
      {releases
        .filter(({ id }) => newest.has(id))
        .map(({ id, name, number }) => {
          const { outcome, because, problems } = newest.get(id) as Result
          return (
            <div key={id} className="card">
              <Status tone={outcome === "verified" ? "ok" : "bad"}>
                {t("verify.result", { name: `${name} #${number}`, outcome, because })}
              </Status>
              <ul className="plain">
                {problems.map((one) => (
                  <li key={one}>{one}</li>
                ))}
              </ul>
            </div>
          )
        })}
    </div>
  )
}

/** Asks why nobody should use a release any longer. */
function Withdraw({ release, close }: { release: Release; close: () => void }) {
  const [because, setBecause] = useState("")
  const { id, name, number } = release
  return (
    <Ask
      title={t("release.withdraw_title", { name: `${name} #${number}` })}
      act={t("release.withdraw")}
      close={close}
      run={() => post(`/releases/${id}/withdraw`, { because })}
      disabled={because.trim().length < 10}
    >
      <p>{t("release.withdraw_means")}</p>
      <label className="field">
        {t("release.withdraw_because")}
        <textarea rows={3} value={because} onChange={(event) => setBecause(event.target.value)} required />
      </label>
    </Ask>
  )
}

export function Releases({ page }: { page: ProgrammePage }) {
  const { programme, may } = page
  const path = `/programmes/${programme.id}/releases`
  const order = useOrder(HEADINGS)
  const { rows, pages: _pages, ...list } = useRows<Release>(path, order, 10_000)
  const jobs = useJobs(programme.id)
  const queries = useQueryClient()
  const [leaving, setLeaving] = useState<Release | null>(null)
  const [delivering, setDelivering] = useState<Release | null>(null)
  useFreshAfterJobs(programme.id)
  const verify: Act = ({ id, name, number }) =>
    void post(`/releases/${id}/verify`)
      .then(() => tell(t("verify.started", { name: `${name} #${number}` })))
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  return (
    <>
      <NextRelease
        programme={programme}
        name={rows?.[0]?.name ?? programme.name}
        cuts={may.includes("release")}
      />
      <Verified jobs={jobs.data?.rows ?? []} releases={rows ?? []} />
      <Table
        label={t("programme.tab.releases")}
        rows={rows}
        columns={columnsWith(may, { verify, withdraw: setLeaving, deliver: setDelivering })}
        keyOf={({ id }) => id}
        csv={address(path, { ...order, format: "csv" })}
        keys
        {...list}
        empty={
          <Empty title={t("release.none")} because={t("release.none_because")}>
            <Link className="btn" to="." search={{ tab: "batches" }}>
              {t("release.to_batches")}
            </Link>
          </Empty>
        }
      />
      {leaving && (
        <Withdraw
          release={leaving}
          close={() => {
            setLeaving(null)
            list.retry()
          }}
        />
      )}
      {delivering && <Deliveries release={delivering} close={() => setDelivering(null)} />}
      {page.progress.decided > 0 && may.includes("export") && <LabelsNow programme={programme.id} />}
      <p className="dim">
        {t("release.verify")} <code>goldloop release verify FOLDER --key FINGERPRINT</code>{" "}
        <Link to="/p/$programme/sources" params={{ programme: programme.name }}>
          {t("release.fingerprints")}
        </Link>{" "}
        <a href={address("/verifier")} download="goldloop-verifier.html">
          {t("release.verifier")}
        </a>
      </p>
    </>
  )
}
