import { address } from "@/api/http"
import type { Programme, Release } from "@/api/nouns"
import { t } from "@/app/i18n"
import { moment } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { LabelsNow } from "@/parts/formats"
import { useRows } from "@/parts/rows"
import { type Column, Table } from "@/parts/table"

const COLUMNS: Column<Release>[] = [
  {
    key: "name",
    title: t("release.name"),
    by: ({ name, number }) => `${name} ${number}`,
    wide: true,
    cell: ({ name, number, kind }) => (
      <>
        <b>
          {name} #{number}
        </b>
        <small>{kind}</small>
      </>
    ),
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
    by: ({ sealed_at }) => sealed_at,
    cell: ({ sealed_at }) => moment(sealed_at),
  },
  {
    key: "get",
    title: t("table.act"),
    cell: ({ id, kind }) =>
      kind === "dataset" ? (
        <a className="btn small" href={address(`/releases/${id}/download`)} download>
          {t("release.download")}
        </a>
      ) : null,
  },
]

export function Releases({ programme, labelled }: { programme: Programme; labelled: boolean }) {
  const path = `/programmes/${programme.id}/releases`
  const { rows, pages: _pages, ...list } = useRows<Release>(path, {}, 10_000)
  return (
    <>
      <Table
        label={t("programme.tab.releases")}
        rows={rows}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        csv={address(path, { format: "csv" })}
        keys
        {...list}
        empty={<Empty title={t("release.none")} because={t("release.none_because")} />}
      />
      {labelled && <LabelsNow programme={programme.id} />}
      <p className="dim">
        {t("release.verify")} <code>goldloop release verify FOLDER --key FINGERPRINT</code>
      </p>
    </>
  )
}
