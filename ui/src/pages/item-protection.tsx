import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { get, post } from "@/api/http"
import type { Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Ask } from "@/parts/ask"
import { tell } from "@/parts/notice"

interface Token {
  readonly token: string
  readonly kind: string
  readonly kept: boolean
  readonly may_open: boolean
}

interface Props {
  readonly id: string
  readonly erased: boolean
  readonly mayErase: boolean
}

/** What is masked in an item, opened one by one with a reason; and the way to have all of it forgotten. */
export default function ItemProtection({ id, erased, mayErase }: Props) {
  const [opening, setOpening] = useState<string | null>(null)
  const [erasing, setErasing] = useState(false)
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const tokens = useQuery({
    queryKey: ["tokens", id],
    queryFn: () => get<Rows<Token>>(`/items/${id}/tokens`),
  })
  const rows = tokens.data?.rows ?? []
  return (
    <>
      {rows.length > 0 && (
        <section className="card" aria-label={t("protection.masked")}>
          <h2>{t("protection.masked")}</h2>
          <ul className="plain">
            {rows.map(({ token, kept, may_open }) => (
              <li key={token} className="row">
                <span className="mono">{token}</span>
                {values[token] !== undefined && (
                  <>
                    <span className="dim">{t("protection.stands_for")}</span>
                    <b dir="auto">{values[token]}</b>
                  </>
                )}
                <span className="grow" />
                {!kept && <span className="chip">{t("protection.gone")}</span>}
                {kept && may_open && values[token] === undefined && (
                  <button
                    type="button"
                    className="btn small"
                    aria-label={t("protection.open_title", { token })}
                    onClick={() => setOpening(token)}
                  >
                    {t("protection.open")}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {mayErase && !erased && (
        <p>
          <button type="button" className="btn small" onClick={() => setErasing(true)}>
            {t("protection.erase")}
          </button>
        </p>
      )}
      {opening !== null && (
        <OpenToken
          id={id}
          token={opening}
          close={() => setOpening(null)}
          show={(value) => setValues((now) => ({ ...now, [opening]: value }))}
        />
      )}
      {erasing && <Erase id={id} close={() => setErasing(false)} />}
    </>
  )
}

interface OpenProps {
  readonly id: string
  readonly token: string
  readonly close: () => void
  readonly show: (value: string) => void
}

function OpenToken({ id, token, close, show }: OpenProps) {
  const [because, setBecause] = useState("")
  const run = async () => {
    const found = await post<{ value: string }>(`/items/${id}/tokens/open`, { token, because })
    show(found.value)
  }
  return (
    <Ask
      title={t("protection.open_title", { token })}
      act={t("protection.open")}
      close={close}
      run={run}
      disabled={because.trim().length < 10}
    >
      <Reason value={because} change={setBecause} />
    </Ask>
  )
}

/** What becomes of items that were made from this one; where there are some and nobody said, they are named. */
const DERIVED = { none: null, erase: true, keep: false } as const

function Erase({ id, close }: { id: string; close: () => void }) {
  const [because, setBecause] = useState("")
  const [releases, setReleases] = useState(false)
  const [derived, setDerived] = useState<keyof typeof DERIVED>("none")
  const queries = useQueryClient()
  const run = async () => {
    await post(`/items/${id}/erase`, { because, releases, derived: DERIVED[derived] })
    tell(t("protection.erasing"))
    for (const wait of [1_000, 4_000]) setTimeout(() => void queries.invalidateQueries(), wait)
  }
  return (
    <Ask
      title={t("protection.erase")}
      act={t("protection.erase_act")}
      close={close}
      run={run}
      disabled={because.trim().length < 10}
    >
      <p>{t("protection.erase_warning")}</p>
      <Reason value={because} change={setBecause} />
      <label className="check">
        <input type="checkbox" checked={releases} onChange={(event) => setReleases(event.target.checked)} />
        {t("protection.erase_releases")}
      </label>
      <label className="field">
        {t("protection.derived")}
        <select value={derived} onChange={({ target }) => setDerived(target.value as keyof typeof DERIVED)}>
          {(Object.keys(DERIVED) as (keyof typeof DERIVED)[]).map((one) => (
            <option key={one} value={one}>
              {t(`protection.derived_is.${one}`)}
            </option>
          ))}
        </select>
      </label>
    </Ask>
  )
}

function Reason({ value, change }: { value: string; change: (value: string) => void }) {
  return (
    <label className="field">
      {t("protection.reason")}
      <input
        type="text"
        value={value}
        maxLength={500}
        onChange={(event) => change(event.target.value)}
        required
      />
      <small className="dim">{t("protection.reason_hint")}</small>
    </label>
  )
}
