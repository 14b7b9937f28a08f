import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { address, get, post } from "@/api/http"
import type { Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { moment } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Empty } from "@/parts/empty"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import type { SigningKey } from "./types"

const COLUMNS: Column<SigningKey>[] = [
  {
    key: "fingerprint",
    title: t("sources.fingerprint"),
    wide: true,
    cell: ({ fingerprint, signs_now, withdrawn }) => (
      <>
        <span className="mono clip" title={fingerprint}>
          {fingerprint}
        </span>
        {signs_now && <Status tone="ok">{t("sources.signs_now")}</Status>}
        {withdrawn && <Status tone="bad">{t("sources.key_withdrawn")}</Status>}
      </>
    ),
  },
  { key: "since", title: t("sources.since"), cell: ({ made_at }) => moment(made_at) },
  { key: "by", title: t("sources.made_by"), cell: ({ made_by }) => made_by },
  { key: "because", title: t("sources.because"), cell: ({ because }) => because },
  {
    key: "vouched",
    title: t("sources.vouched"),
    cell: ({ vouched }) => (vouched ? t("sources.by_the_one_before") : "–"),
  },
]

/** The keys that releases are signed with, and a new one by name. */
export function Keys({ programme }: { programme: string }) {
  const path = `/programmes/${encodeURIComponent(programme)}/keys`
  const keys = useQuery({ queryKey: ["keys", programme], queryFn: () => get<Rows<SigningKey>>(path) })
  const [asking, setAsking] = useState(false)
  const [because, setBecause] = useState("")
  const [distrust, setDistrust] = useState(false)
  const some = (keys.data?.rows.length ?? 0) > 0
  return (
    <>
      <div className="row">
        <h2 className="grow">{t("sources.keys")}</h2>
        {some && (
          <a className="btn quiet" href={address(`${path}/list`)} download={`${programme}-keys.json`}>
            {t("sources.key_list")}
          </a>
        )}
        <button type="button" className="btn" onClick={() => setAsking(true)}>
          {t("sources.new_key")}
        </button>
      </div>
      <Table
        label={t("sources.keys")}
        rows={keys.data?.rows}
        columns={COLUMNS}
        keyOf={({ fingerprint }) => fingerprint}
        error={keys.error}
        retry={() => void keys.refetch()}
        empty={<Empty title={t("sources.no_keys")} because={t("sources.no_keys_because")} />}
      />
      {asking && (
        <Ask
          title={t("sources.new_key")}
          act={t("sources.new_key")}
          close={() => {
            setAsking(false)
            void keys.refetch()
          }}
          run={() => post(path, { because, distrust })}
          disabled={because.trim().length < 10}
        >
          <p>{t("sources.new_key_means")}</p>
          <label className="field">
            {t("sources.because")}
            <textarea rows={3} value={because} onChange={({ target }) => setBecause(target.value)} required />
          </label>
          {some && (
            <label className="check">
              <input
                type="checkbox"
                checked={distrust}
                onChange={({ target }) => setDistrust(target.checked)}
              />
              {t("sources.distrust")}
            </label>
          )}
        </Ask>
      )}
    </>
  )
}
