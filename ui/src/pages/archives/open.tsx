import { useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { post } from "@/api/http"
import type { Job } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count } from "@/lib/format"
import { useJob } from "@/parts/jobs"
import { LookThrough } from "@/parts/look-through"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"
import { Watched } from "@/parts/watched"
import { calledIn, People } from "./people"
import { type Answer, type Check, KEEP, type Opened } from "./types"

/** An archive of a whole programme: looked through first, then opened. */
export default function OpenArchive() {
  const [key, setKey] = useState("")
  return (
    <Page crumbs={[{ text: t("place.programmes"), to: "/" }, { text: t("archives.open_title") }]}>
      <h1>{t("archives.open_title")}</h1>
      <p className="lead">{t("archives.open_why")}</p>
      <LookThrough
        title={t("archives.open_title")}
        file={t("archives.file")}
        accept=".zip"
        to="/archives/uploads"
        begin={(file) => post<Job>("/archives/checks", { file, key: key.trim() || null })}
        look={t("archives.look")}
        why={t("archives.closed")}
        found={(job, kept) => <Looked key={job.id} file={kept} check={job.result as Check} />}
      >
        <label className="field">
          {t("archives.key")}
          <input
            type="text"
            value={key}
            placeholder="ed25519:"
            onChange={({ target }) => setKey(target.value)}
          />
          <small className="dim">{t("archives.key_why")}</small>
        </label>
      </LookThrough>
    </Page>
  )
}

const TONES = { pass: "ok", unknown: "warn", fail: "bad" } as const

/** What an archive holds, who its people are here, and the way in. */
function Looked({ file, check }: { file: string; check: Check }) {
  const [answers, setAnswers] = useState<Record<string, Answer>>({})
  const [name, setName] = useState("")
  const [organisation, setOrganisation] = useState("")
  const [opening, setOpening] = useState<string | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const queries = useQueryClient()
  const job = useJob(opening)
  const told = (how: Answer["how"]) =>
    Object.fromEntries(
      check.people
        .map((one) => [calledIn(one), answers[calledIn(one)] ?? KEEP] as const)
        .filter(([, answer]) => answer.how === how)
        .map(([called, answer]) => [called, answer.name.trim()]),
    )
  const open = () => {
    setProblem(null)
    const people = { accounts: told("account"), names: told("alias") }
    post<Job>("/archives", { file, name: name || null, organisation: organisation || null, people }).then(
      ({ id }) => {
        setOpening(id)
        void queries.invalidateQueries({ queryKey: ["programmes"] })
      },
      setProblem,
    )
  }
  const done = job.data?.state === "done" ? (job.data.result as Opened) : null
  return (
    <form
      className="stack"
      aria-label={t("archives.open")}
      onSubmit={(event) => {
        event.preventDefault()
        open()
      }}
    >
      <section className="card stack" aria-labelledby="holds">
        <h2 id="holds">
          {check.programme} <small className="dim">{check.organisation}</small>
        </h2>
        <p>
          <Status tone={TONES[check.outcome]}>{t(`archives.outcome.${check.outcome}`)}</Status>
        </p>
        {check.problems.length > 0 && (
          <ul>
            {check.problems.map((one) => (
              <li key={one} className="status bad">
                {one}
              </li>
            ))}
          </ul>
        )}
        <dl className="facts">
          <dt>{t("archives.signed")}</dt>
          <dd className="mono">{check.fingerprint}</dd>
          <dt>{t("archives.blocks")}</dt>
          <dd>{t("archives.blocks_of", { blocks: count(check.blocks), events: count(check.events) })}</dd>
        </dl>
        <details>
          <summary>{t("archives.holds")}</summary>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("archives.table")}</th>
                <th scope="col" className="number">
                  {t("archives.rows")}
                </th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(check.counts)
                .filter(([, rows]) => rows > 0)
                .map(([table, rows]) => (
                  <tr key={table}>
                    <td>{table}</td>
                    <td className="number">{count(rows)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </details>
      </section>
      <People
        people={check.people}
        answers={answers}
        onAnswer={(called, answer) => setAnswers((known) => ({ ...known, [called]: answer }))}
      />
      <section className="card form">
        <label className="field">
          {t("archives.as")}
          <input
            type="text"
            value={name}
            placeholder={check.programme}
            pattern="[a-z0-9][a-z0-9_\-]{0,62}"
            title={t("archives.as_why")}
            onChange={({ target }) => setName(target.value)}
          />
          <small className="dim">{t("archives.as_why")}</small>
        </label>
        <label className="field">
          {t("archives.organisation")}
          <input
            type="text"
            value={organisation}
            placeholder={check.organisation}
            onChange={({ target }) => setOrganisation(target.value)}
          />
        </label>
        {problem !== null && <Problem error={problem} />}
        {!done && (
          <div className="row">
            <button type="submit" className="btn primary" disabled={opening !== null && !job.data?.error}>
              {t("archives.open")}
            </button>
          </div>
        )}
        {job.error && <Problem error={job.error} />}
        <Watched job={job.data} again={() => void job.refetch()} />
        {done && (
          <div className="stack" role="status">
            {done.stood_in_for.length > 0 && (
              <p>{t("archives.stood_in", { names: done.stood_in_for.join(", ") })}</p>
            )}
            <Link className="btn primary" to="/p/$programme" params={{ programme: done.programme }}>
              {t("archives.open_programme")}
            </Link>
          </div>
        )}
      </section>
    </form>
  )
}
