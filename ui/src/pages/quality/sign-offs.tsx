import "@/styles/sla.css"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { get, post } from "@/api/http"
import { t } from "@/app/i18n"
import { count, moment } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Problem } from "@/parts/problem"
import { OutcomeStatus, Status, type Tone } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import type { SignOff } from "./sla-types"

type Act = "sign" | "dispute"
const LEAST = 10
const TONES: Record<SignOff["state"], Tone> = { asked: "warn", signed: "ok", disputed: "bad" }

/** Asked, signed off, or disputed: by whom, when, and why. */
export function ClientsWord({ one, mine }: { one: SignOff; mine?: boolean }) {
  const who = one.organisation ? `${one.by} (${one.organisation})` : one.by
  return (
    <>
      <Status tone={TONES[one.state]}>
        {t(mine && one.state === "asked" ? "signing.asked_you" : `signing.${one.state}`)}
      </Status>
      {one.by && one.said_at !== null && <small>{t("signing.by", { who, when: moment(one.said_at) })}</small>}
      {one.because && <small>{one.because}</small>}
      {one.accepted && <small>{t("signing.accepted")}</small>}
      {one.held && <small>{t("signing.held")}</small>}
    </>
  )
}

/** Every word on a batch, in order. */
export function Words({ one }: { one: SignOff }) {
  if (one.words.length < 2) return null
  return (
    <details>
      <summary>{t("signing.history", { count: one.words.length })}</summary>
      <ul>
        {one.words.map((word) => (
          <li key={`${word.at} ${word.kind}`}>
            <b>{t(`signing.${word.kind}`)}</b> {moment(word.at)} {word.by} {word.because}
            {word.items.length > 0 && <small> {word.items.join(", ")}</small>}
          </li>
        ))}
      </ul>
    </details>
  )
}

/** What passed, and the client's word on it; who signs for the client does it here. */
export function SignOffs({ programme, signs }: { programme: string; signs: boolean }) {
  const [asking, setAsking] = useState<{ act: Act; one: SignOff } | null>(null)
  const queries = useQueryClient()
  const key = ["sign-offs", programme]
  const list = useQuery({
    queryKey: key,
    queryFn: () =>
      get<{ rows: SignOff[]; next: string | null }>(`/programmes/${encodeURIComponent(programme)}/sign-offs`),
    retry: false,
  })
  if (list.error) return <Problem error={list.error} retry={() => void list.refetch()} />
  const columns: Column<SignOff>[] = [
    {
      key: "batch",
      title: t("sla.batch"),
      by: ({ batch }) => batch,
      cell: ({ batch, items, decided_at }) => (
        <>
          <b>{batch}</b>
          <small>
            {t("evidence.n", { n: count(items) })} · {moment(decided_at)}
          </small>
        </>
      ),
    },
    {
      key: "outcome",
      title: t("sla.outcome"),
      wide: true,
      cell: ({ outcome, proved, waived_because }) => (
        <>
          <OutcomeStatus outcome={outcome} />
          {proved && <small>{proved}</small>}
          {waived_because && <small>{waived_because}</small>}
        </>
      ),
    },
    {
      key: "word",
      title: t("signing.word"),
      by: ({ state }) => state,
      wide: true,
      cell: (one) => (
        <>
          <ClientsWord one={one} mine={signs} />
          <Words one={one} />
        </>
      ),
    },
    ...(signs
      ? [
          {
            key: "act",
            title: t("signing.act"),
            cell: (one: SignOff) =>
              one.repairs === null && (
                <span className="row">
                  {one.state !== "signed" && (
                    <button
                      type="button"
                      className="btn small primary"
                      onClick={() => setAsking({ act: "sign", one })}
                    >
                      {t("signing.sign")}
                    </button>
                  )}
                  <button
                    type="button"
                    className="btn small"
                    onClick={() => setAsking({ act: "dispute", one })}
                  >
                    {t("signing.dispute")}
                  </button>
                </span>
              ),
          },
        ]
      : []),
  ]
  const said = () =>
    Promise.all([key, ["report", programme]].map((queryKey) => queries.invalidateQueries({ queryKey })))
  return (
    <>
      <h2>{t("signing.title")}</h2>
      {signs && <p className="dim">{t("signing.how")}</p>}
      <Table
        label={t("signing.title")}
        rows={list.data?.rows ?? []}
        columns={columns}
        keyOf={({ batch_id }) => batch_id}
        empty={<p className="dim">{t("signing.none")}</p>}
      />
      {asking?.act === "sign" && <Sign one={asking.one} close={() => setAsking(null)} said={said} />}
      {asking?.act === "dispute" && <Dispute one={asking.one} close={() => setAsking(null)} said={said} />}
    </>
  )
}

interface Saying {
  readonly one: SignOff
  readonly close: () => void
  readonly said: () => Promise<unknown>
}

function Sign({ one, close, said }: Saying) {
  const [note, setNote] = useState("")
  return (
    <Ask
      title={t("signing.sign_batch", { batch: one.batch })}
      act={t("signing.sign")}
      close={close}
      run={() => post(`/batches/${one.batch_id}/sign-off`, { note }).then(said)}
    >
      <p>{t("signing.sign_why", { items: count(one.items) })}</p>
      <label className="field">
        {t("signing.note")}
        <textarea rows={3} value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
    </Ask>
  )
}

/** One item a line, or several parted by commas. */
const named = (text: string) => [...new Set(text.split(/[\n,]/).map((one) => one.trim()))].filter(Boolean)

function Dispute({ one, close, said }: Saying) {
  const [because, setBecause] = useState("")
  const [items, setItems] = useState("")
  const ids = named(items)
  return (
    <Ask
      title={t("signing.dispute_batch", { batch: one.batch })}
      act={t("signing.dispute")}
      close={close}
      run={() => post(`/batches/${one.batch_id}/dispute`, { because, items: ids }).then(said)}
      disabled={because.trim().length < LEAST || ids.length === 0}
    >
      <p>{t("signing.dispute_why")}</p>
      <label className="field">
        {t("signing.items")}
        <textarea rows={4} value={items} onChange={(event) => setItems(event.target.value)} required />
      </label>
      <label className="field">
        {t("sla.because")}
        <textarea rows={3} value={because} onChange={(event) => setBecause(event.target.value)} required />
      </label>
    </Ask>
  )
}
