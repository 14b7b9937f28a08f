import { IconChevronDown } from "@tabler/icons-react"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { get, post } from "@/api/http"
import type { Programme, Release, Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count, moment } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Dialog } from "@/parts/dialog"
import { tell } from "@/parts/notice"
import { Status } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { CutRelease } from "../batch/rulings"

interface Drafted {
  readonly batch_id: string
  readonly batch: string
  readonly items: number
  readonly leaves: boolean
  readonly because: string
}

const DRAFTED: readonly Column<Drafted>[] = [
  {
    key: "batch",
    title: t("leaving.batch"),
    by: ({ batch }) => batch,
    cell: ({ batch, batch_id }) => (
      <Link to="/b/$batch" params={{ batch: batch_id }}>
        {batch}
      </Link>
    ),
  },
  {
    key: "items",
    title: t("leaving.items"),
    number: true,
    by: ({ items }) => items,
    cell: ({ items }) => count(items),
  },
  {
    key: "leaves",
    title: t("leaving.leaves"),
    wide: true,
    by: ({ leaves }) => (leaves ? 0 : 1),
    cell: ({ leaves, because }) => (
      <>
        <Status tone={leaves ? "ok" : "dim"}>{t(leaves ? "leaving.in" : "leaving.out")}</Status>
        <small>{because}</small>
      </>
    ),
  },
]

interface Next {
  readonly programme: Programme
  readonly name: string
  /** True where who looks may cut it. */
  readonly cuts: boolean
}

/** What the next release would hold, batch by batch, and the way to cut it. */
export function NextRelease({ programme, name, cuts }: Next) {
  const [cutting, setCutting] = useState(false)
  const draft = useQuery({
    queryKey: ["draft", programme.id],
    queryFn: () => get<Rows<Drafted>>(`/programmes/${programme.id}/releases/draft`),
  })
  const rows = draft.data?.rows ?? []
  const leaving = rows.filter(({ leaves }) => leaves)
  if (rows.length === 0) return null
  return (
    <details className="card">
      <summary className="row">
        <IconChevronDown size={16} aria-hidden />
        <b>{t("leaving.next")}</b>
        <span className="dim">
          {t("leaving.counted", {
            count: leaving.length,
            of: count(rows.length),
            items: count(leaving.reduce((sum, { items }) => sum + items, 0)),
          })}
        </span>
        <span className="grow" />
        {cuts && (
          <button
            type="button"
            className="btn small primary"
            disabled={leaving.length === 0}
            onClick={(event) => {
              event.preventDefault()
              setCutting(true)
            }}
          >
            {t("release.cut")}
          </button>
        )}
      </summary>
      <Table
        label={t("leaving.next")}
        rows={rows}
        columns={DRAFTED}
        keyOf={({ batch_id }) => batch_id}
        empty={null}
      />
      {cutting && <CutRelease programme_id={programme.id} usual={name} close={() => setCutting(false)} />}
    </details>
  )
}

interface Receipt {
  readonly who: string
  readonly place: string | null
  readonly files: number | null
  readonly bytes: number | null
  readonly at: number
}

interface Place {
  readonly name: string
  readonly kind: string
}

const RECEIPTS: readonly Column<Receipt>[] = [
  { key: "at", title: t("leaving.at"), cell: ({ at }) => moment(at) },
  { key: "who", title: t("leaving.who"), cell: ({ who }) => who },
  { key: "place", title: t("leaving.place"), cell: ({ place }) => place ?? t("leaving.downloaded") },
  {
    key: "what",
    title: t("leaving.arrived"),
    wide: true,
    cell: ({ files, bytes }) =>
      files === null ? "–" : t("leaving.counts", { files: count(files), bytes: count(bytes ?? 0) }),
  },
]

/** Who received a release, and the places that it may be delivered to. */
export function Deliveries({ release, close }: { release: Release; close: () => void }) {
  const [to, setTo] = useState("")
  const name = `${release.name} #${release.number}`
  const receipts = useQuery({
    queryKey: ["receipts", release.id],
    queryFn: () => get<Rows<Receipt>>(`/releases/${release.id}/receipts`),
  })
  const places = useQuery({
    queryKey: ["places", release.programme_id],
    queryFn: () => get<Rows<Place>>(`/programmes/${release.programme_id}/places`),
    retry: false,
  })
  const queries = useQueryClient()
  const known = places.data?.rows ?? []
  const table = (
    <Table
      label={t("leaving.receipts")}
      rows={receipts.data?.rows}
      columns={RECEIPTS}
      keyOf={({ at, who, place }) => `${at}.${who}.${place}`}
      empty={<p className="dim">{t("leaving.nobody")}</p>}
    />
  )
  if (release.withdrawn || known.length === 0) {
    return (
      <Dialog title={t("leaving.of", { name })} close={close} size="lg">
        {table}
        {!release.withdrawn && <p className="dim">{t("leaving.no_place")}</p>}
      </Dialog>
    )
  }
  const chosen = to || (known[0]?.name ?? "")
  const run = async () => {
    await post(`/releases/${release.id}/deliver`, { to: chosen })
    tell(t("leaving.started", { name, place: chosen }))
    await queries.invalidateQueries({ queryKey: ["jobs"] })
  }
  return (
    <Ask title={t("leaving.of", { name })} act={t("leaving.deliver")} close={close} run={run} size="lg">
      {table}
      <label className="field">
        {t("leaving.to")}
        <select value={chosen} onChange={({ target }) => setTo(target.value)}>
          {known.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name} ({one.kind})
            </option>
          ))}
        </select>
        <small className="dim">{t("leaving.whole")}</small>
      </label>
    </Ask>
  )
}
