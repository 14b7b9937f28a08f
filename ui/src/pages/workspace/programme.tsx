import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { address, del, get } from "@/api/http"
import type { Member } from "@/api/nouns"
import { t } from "@/app/i18n"
import { moment } from "@/lib/format"
import { type Device, DeviceForm, holding } from "@/parts/devices"
import { Empty } from "@/parts/empty"
import { Problem } from "@/parts/problem"
import { useRows } from "@/parts/rows"
import { type Column, Table } from "@/parts/table"

interface Workspace {
  readonly declared: {
    readonly networks: readonly string[]
    readonly devices: { readonly kinds: readonly string[]; readonly by: readonly string[] } | null
    readonly download: readonly string[]
  } | null
  readonly address: string | null
  readonly opens: boolean
  readonly mark: string | null
}

interface Seen {
  readonly item_id: string
  readonly external_id: string
  readonly who: string
  readonly mark: string
  readonly way: "work" | "page" | "list"
  readonly address: string
  readonly seen_at: number
}

const SEEN: readonly Column<Seen>[] = [
  { key: "at", title: t("workspace.at"), cell: ({ seen_at }) => moment(seen_at) },
  { key: "mark", title: t("workspace.mark"), cell: ({ mark }) => <span className="mono">{mark}</span> },
  { key: "who", title: t("workspace.who"), cell: ({ who }) => who },
  {
    key: "item",
    title: t("workspace.item"),
    cell: ({ item_id, external_id }) => (
      <Link to="/i/$item" params={{ item: item_id }}>
        {external_id}
      </Link>
    ),
  },
  { key: "way", title: t("workspace.way"), cell: ({ way }) => t(`workspace.ways.${way}`) },
  { key: "from", title: t("workspace.address"), cell: (row) => <span className="mono">{row.address}</span> },
]

/** What a programme's workspace declares, the devices that people stated, and who was shown what. */
export function WorkspacePart({ name, people }: { name: string; people: readonly Member[] }) {
  const path = `/programmes/${encodeURIComponent(name)}`
  const space = useQuery({
    queryKey: ["workspace", name],
    queryFn: () => get<Workspace>(`${path}/workspace`),
  }).data
  if (!space) return null
  const { declared } = space
  if (!declared)
    return (
      <>
        <h2>{t("workspace.title")}</h2>
        <p className="dim">{t("workspace.none")}</p>
      </>
    )
  const { networks, download, devices } = declared
  return (
    <>
      <h2>{t("workspace.title")}</h2>
      <ul className="plain">
        <li>
          {networks.length
            ? t("workspace.networks", { networks: networks.join(", ") })
            : t("workspace.anywhere")}{" "}
          <span className={space.opens ? "dim" : "bad"}>
            {t("workspace.here", {
              address: space.address ?? "–",
              opens: t(space.opens ? "workspace.opens" : "workspace.shut"),
            })}
          </span>
        </li>
        <li>
          {download.length
            ? t("workspace.download", { roles: download.join(", ") })
            : t("workspace.no_download")}
        </li>
        {space.mark && <li>{t("workspace.watermark", { mark: space.mark })}</li>}
      </ul>
      {devices && <Devices path={path} name={name} kinds={devices.kinds} by={devices.by} people={people} />}
      <SeenTable path={path} />
    </>
  )
}

interface DevicesProps {
  readonly path: string
  readonly name: string
  readonly kinds: readonly string[]
  readonly by: readonly string[]
  readonly people: readonly Member[]
}

function Devices({ path, name, kinds, by, people }: DevicesProps) {
  const rows = useRows<Device>(`${path}/devices`)
  const queries = useQueryClient()
  const [whose, setWhose] = useState("")
  const [error, setError] = useState<unknown>(null)
  const again = () => queries.invalidateQueries({ queryKey: ["rows", `${path}/devices`] })
  const end = (id: string) => del(`${path}/devices/${id}`).then(again, setError)
  const columns: readonly Column<Device>[] = [
    { key: "who", title: t("workspace.who"), cell: ({ who }) => who },
    { key: "device", title: t("workspace.device_name"), cell: ({ device }) => device, wide: true },
    { key: "kind", title: t("workspace.kind"), cell: ({ kind }) => kind },
    { key: "by", title: t("workspace.by"), cell: (row) => row.by },
    { key: "until", title: t("workspace.until"), cell: holding },
    {
      key: "counts",
      title: t("workspace.counts"),
      cell: ({ counts }) => t(counts ? "workspace.yes" : "workspace.no"),
    },
    {
      key: "end",
      title: "",
      cell: ({ id, counts }) =>
        counts && (
          <button type="button" className="btn quiet" onClick={() => void end(id)}>
            {t("workspace.withdraw")}
          </button>
        ),
    },
  ]
  const names = [...new Map(people.map(({ actor_id, name: who }) => [actor_id, who]))]
  return (
    <>
      <h3>{t("workspace.devices")}</h3>
      {error !== null && <Problem error={error} />}
      {by.includes("manager") && (
        <section className="card form" aria-label={t("workspace.state_for")}>
          <label>
            {t("workspace.state_for")}{" "}
            <select value={whose} onChange={(event) => setWhose(event.target.value)}>
              <option value="" />
              {names.map(([id, who]) => (
                <option key={id} value={id}>
                  {who}
                </option>
              ))}
            </select>
          </label>
          {whose && <DeviceForm programme={name} kinds={kinds} actor={whose} done={() => void again()} />}
        </section>
      )}
      <Table
        label={t("workspace.devices")}
        columns={columns}
        keyOf={({ id }) => id}
        {...rows}
        empty={<Empty title={t("workspace.no_devices")} because={t("workspace.no_devices_because")} />}
      />
    </>
  )
}

function SeenTable({ path }: { path: string }) {
  const rows = useRows<Seen>(`${path}/seen`)
  return (
    <>
      <h3>{t("workspace.seen")}</h3>
      <Table
        label={t("workspace.seen")}
        columns={SEEN}
        keyOf={({ item_id, mark, way, seen_at }) => `${item_id}.${mark}.${way}.${seen_at}`}
        csv={address(`${path}/seen`, { format: "csv" })}
        {...rows}
        empty={<Empty title={t("workspace.none_seen")} because={t("workspace.none_seen_because")} />}
      />
    </>
  )
}
