import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { get, post } from "@/api/http"
import type { Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Ask } from "@/parts/ask"
import { tell } from "@/parts/notice"
import type { Version } from "./types"

interface Named {
  readonly id: string
  readonly name: string
  readonly number: number
}

const SOURCES = ["gold", "decisions", "both", "release"] as const

interface TrainProps {
  readonly path: string
  readonly own: string
  readonly name: string
  readonly close: () => void
}

/** What a new version learns from. */
export function Train({ path, own, name, close }: TrainProps) {
  const [source, setSource] = useState<(typeof SOURCES)[number]>("gold")
  const [chosen, setChosen] = useState("")
  const queries = useQueryClient()
  const releases = useQuery({
    queryKey: ["releases", path],
    queryFn: () => get<Rows<Named>>(`${path}/releases`, { limit: 1000 }),
  })
  const release = source === "release" ? chosen || releases.data?.rows[0]?.id : undefined
  const run = async () => {
    await post(`${own}/train`, { learn_from: source, release: release ?? null })
    tell(t("versions.training"))
    await queries.invalidateQueries({ queryKey: ["jobs"] })
  }
  return (
    <Ask
      title={t("versions.train_title", { name })}
      act={t("versions.train")}
      close={close}
      run={run}
      disabled={source === "release" && !release}
    >
      <label className="field">
        {t("versions.learn_from")}
        <select value={source} onChange={(event) => setSource(event.target.value as typeof source)}>
          {SOURCES.map((one) => (
            <option key={one} value={one}>
              {t(`versions.from.${one}`)}
            </option>
          ))}
        </select>
      </label>
      {source === "release" && (
        <label className="field">
          {t("versions.release")}
          <select value={release ?? ""} onChange={(event) => setChosen(event.target.value)}>
            {releases.data?.rows.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name} {one.number}
              </option>
            ))}
          </select>
        </label>
      )}
    </Ask>
  )
}

interface CompareProps {
  readonly path: string
  readonly own: string
  readonly version: Version
  readonly versions: readonly Version[]
  readonly close: () => void
}

/** Which gold two versions answer; the first is the one in force unless another is chosen. */
export function Compare({ path, own, version, versions, close }: CompareProps) {
  const others = versions.filter(({ id }) => id !== version.id)
  const [first, setFirst] = useState(others.find(({ state }) => state === "promoted")?.id ?? "")
  const [chosen, setChosen] = useState("")
  const queries = useQueryClient()
  const sets = useQuery({ queryKey: ["gold", path], queryFn: () => get<Rows<Named>>(`${path}/gold`) })
  const gold = chosen || sets.data?.rows[0]?.id
  const run = async () => {
    await post(`${own}/compare`, { first: first || null, second: version.id, gold })
    tell(t("versions.comparing"))
    await queries.invalidateQueries({ queryKey: ["jobs"] })
  }
  return (
    <Ask
      title={t("versions.compare_title", { version: version.version })}
      act={t("versions.compare")}
      close={close}
      run={run}
      disabled={!gold}
    >
      <p>{t("versions.compare_how")}</p>
      <label className="field">
        {t("versions.first")}
        <select value={first} onChange={(event) => setFirst(event.target.value)}>
          {others.map(({ id, version: name, state }) => (
            <option key={id} value={id}>
              {name} · {t(`versions.states.${state}`)}
            </option>
          ))}
        </select>
      </label>
      {sets.data?.rows.length === 0 ? (
        <p>{t("versions.gold_none")}</p>
      ) : (
        <label className="field">
          {t("versions.gold")}
          <select value={gold ?? ""} onChange={(event) => setChosen(event.target.value)}>
            {sets.data?.rows.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name} {one.number}
              </option>
            ))}
          </select>
        </label>
      )}
    </Ask>
  )
}

interface PromoteProps {
  readonly own: string
  readonly version: Version
  readonly close: () => void
}

/** Promotion: by whoever is signed in, with a reason. */
export function Promote({ own, version, close }: PromoteProps) {
  const [because, setBecause] = useState("")
  const queries = useQueryClient()
  const run = async () => {
    await post(`${own}/promote`, { version: version.id, because: because.trim() })
    await queries.invalidateQueries({ queryKey: ["versions"] })
  }
  return (
    <Ask
      title={t("versions.promote_title", { version: version.version })}
      act={t("versions.promote")}
      close={close}
      run={run}
      disabled={because.trim().length < 3}
    >
      <p>{t("versions.promote_how")}</p>
      <label className="field">
        {t("versions.because")}
        <textarea rows={3} value={because} onChange={(event) => setBecause(event.target.value)} />
      </label>
    </Ask>
  )
}
