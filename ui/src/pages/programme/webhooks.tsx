import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { del, get, post } from "@/api/http"
import type { Programme, Rows } from "@/api/nouns"
import { useMe } from "@/api/session"
import { t } from "@/app/i18n"
import { moment } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Problem } from "@/parts/problem"
import { Tested } from "./webhook-test"

interface Webhook {
  readonly id: string
  readonly url: string
  readonly kinds: readonly string[]
  readonly added_at: number
}

interface Declared extends Rows<Webhook> {
  /** What one can be told of. */
  readonly kinds: readonly string[]
}

const titleOf = (kind: string) => t(`webhooks.kind.${kind}` as "webhooks.kind.gate.decided")

/** Where the programme's news is sent; for owners of the installation only. */
export function Webhooks({ programme }: { programme: Programme }) {
  const { data: me } = useMe()
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<Webhook | null>(null)
  const [secret, setSecret] = useState<string | null>(null)
  const queries = useQueryClient()
  const path = `/programmes/${programme.id}/webhooks`
  const key = ["webhooks", programme.id]
  const list = useQuery({
    queryKey: key,
    queryFn: () => get<Declared>(path),
    enabled: me?.owner === true,
  })
  if (!me?.owner) return null
  const fresh = () => queries.invalidateQueries({ queryKey: key })
  return (
    <section className="card stack" aria-labelledby="webhooks-title">
      <h2 id="webhooks-title">{t("webhooks.title")}</h2>
      <p className="dim">{t("webhooks.why")}</p>
      {list.error && <Problem error={list.error} retry={() => void list.refetch()} />}
      {list.data?.rows.length === 0 && <p>{t("webhooks.none_because")}</p>}
      <ul className="plain">
        {list.data?.rows.map((hook) => (
          <li key={hook.id} className="row wrap">
            <code>{hook.url}</code>
            <span className="dim">
              {hook.kinds.map(titleOf).join(", ")} · {moment(hook.added_at)}
            </span>
            <span className="grow" />
            <Tested path={`${path}/${hook.id}`} />
            <button type="button" className="btn small" onClick={() => setLeaving(hook)}>
              {t("webhooks.remove")}
            </button>
          </li>
        ))}
      </ul>
      {secret && (
        <p role="status">
          {t("webhooks.secret")} <code className="link-box">{secret}</code>
        </p>
      )}
      <div className="row">
        <button type="button" className="btn" onClick={() => setAdding(true)}>
          {t("webhooks.add")}
        </button>
        {list.data && list.data.rows.length > 0 && (
          <Link to="." search={{ tab: "jobs", kind: "deliver" }}>
            {t("webhooks.deliveries")}
          </Link>
        )}
      </div>
      {leaving && (
        <Ask
          title={t("webhooks.remove_title")}
          act={t("webhooks.remove")}
          close={() => setLeaving(null)}
          run={() => del(`${path}/${leaving.id}`).then(fresh)}
        >
          <p>
            {t("webhooks.remove_means")} <code>{leaving.url}</code>
          </p>
        </Ask>
      )}
      {adding && (
        <Add
          offered={list.data?.kinds ?? []}
          close={() => setAdding(false)}
          add={async (url, kinds) => {
            const made = await post<{ secret: string }>(path, { url, kinds })
            setSecret(made.secret)
            await fresh()
          }}
        />
      )}
    </section>
  )
}

interface AddProps {
  readonly offered: readonly string[]
  readonly close: () => void
  readonly add: (url: string, kinds: readonly string[]) => Promise<void>
}

function Add({ offered, close, add }: AddProps) {
  const [url, setUrl] = useState("")
  const [kinds, setKinds] = useState<readonly string[]>(["gate.decided", "job.failed"])
  return (
    <Ask
      title={t("webhooks.add")}
      act={t("webhooks.add")}
      close={close}
      run={() => add(url.trim(), kinds)}
      disabled={!url.trim() || kinds.length === 0}
    >
      <label className="field">
        {t("webhooks.url")}
        <input
          type="url"
          value={url}
          placeholder="https://"
          onChange={(event) => setUrl(event.target.value)}
          required
        />
      </label>
      <fieldset>
        <legend>{t("webhooks.kinds")}</legend>
        {offered.map((kind) => (
          <label key={kind} className="check">
            <input
              type="checkbox"
              checked={kinds.includes(kind)}
              onChange={(event) =>
                setKinds(event.target.checked ? [...kinds, kind] : kinds.filter((one) => one !== kind))
              }
            />
            {titleOf(kind)}
          </label>
        ))}
      </fieldset>
    </Ask>
  )
}
