import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { address, get, post } from "@/api/http"
import { t } from "@/app/i18n"
import { count, percent } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Empty } from "@/parts/empty"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import type { Confusion, Errors, Part } from "./types"

const LEAST = 10

const share = (one: Part) => (
  <>
    {percent(one.value)}{" "}
    <small>
      {percent(one.low)}–{percent(one.high)} ·{" "}
      {t("quality.of", { n: count(one.wrong), of: count(one.judged) })}
    </small>
  </>
)

const found = (one: Part) =>
  one.found ? (
    <b className="bad">{t("quality.more_than_chance")}</b>
  ) : (
    <span className="dim">{t("quality.chance")}</span>
  )

const PARTS: Column<Part>[] = [
  {
    key: "dimension",
    title: t("quality.dimension"),
    by: ({ dimension }) => dimension,
    cell: ({ dimension }) => dimension,
  },
  {
    key: "name",
    title: t("quality.part"),
    by: ({ name }) => name,
    wide: true,
    cell: ({ name }) => <b>{name}</b>,
  },
  { key: "share", title: t("quality.share_wrong"), by: ({ value }) => value, number: true, cell: share },
  { key: "found", title: t("quality.stands_out"), by: ({ found }) => Number(found), cell: found },
]

const CONFUSIONS: Column<Confusion>[] = [
  {
    key: "said",
    title: t("quality.said"),
    by: ({ said }) => said,
    wide: true,
    cell: ({ said }) => <b>{said}</b>,
  },
  { key: "true", title: t("quality.true"), by: (one) => one.true, wide: true, cell: (one) => one.true },
  {
    key: "where",
    title: t("quality.part"),
    by: ({ name }) => name,
    cell: ({ dimension, name }) => (dimension === name ? t("quality.everywhere") : `${dimension}: ${name}`),
  },
  { key: "share", title: t("quality.share_wrong"), by: ({ value }) => value, number: true, cell: share },
  { key: "found", title: t("quality.stands_out"), by: ({ found }) => Number(found), cell: found },
]

/** Where the errors of an audited batch come from, and sending what stands out back. */
export function ErrorsOf({ batch, redo, refresh }: { batch: string; redo: boolean; refresh: () => void }) {
  const [back, setBack] = useState<Record<string, string> | null>(null)
  const errors = useQuery({
    queryKey: ["errors", batch],
    queryFn: () => get<Errors>(`/batches/${batch}/errors`),
  })
  if (errors.error) return <Problem error={errors.error} retry={() => void errors.refetch()} />
  if (!errors.data) return null
  const { parts, confusions, judged, wrong, method } = errors.data
  if (!wrong) {
    return (
      <Empty
        title={t("quality.no_errors")}
        because={
          judged ? t("quality.no_errors_because", { n: count(judged) }) : t("quality.not_judged_because")
        }
      />
    )
  }
  const act: Column<Part> = {
    key: "act",
    title: t("table.act"),
    cell: ({ dimension, name }) => (
      <button type="button" className="btn small" onClick={() => setBack({ [dimension]: name })}>
        {t("quality.send_back")}
      </button>
    ),
  }
  return (
    <>
      <p>
        {t("quality.judged_wrong", { wrong: count(wrong), judged: count(judged) })}{" "}
        <a href={address(`/batches/${batch}/wrong`, { format: "csv" })} download>
          {t("quality.wrong_csv")}
        </a>
      </p>
      <Table
        label={t("quality.whose")}
        rows={parts}
        columns={redo ? [...PARTS, act] : PARTS}
        keyOf={({ dimension, name }) => `${dimension} ${name}`}
        empty={<p className="dim">{t("quality.nothing_stands_out")}</p>}
      />
      <h2>{t("quality.confused_labels")}</h2>
      <Table
        label={t("quality.confused_labels")}
        rows={confusions}
        columns={CONFUSIONS}
        keyOf={(one) => `${one.dimension} ${one.name} ${one.said} ${one.true}`}
        empty={<p className="dim">{t("quality.nothing_stands_out")}</p>}
      />
      <p className="dim">{method}</p>
      {redo && (
        <p className="row">
          <button type="button" className="btn" onClick={() => setBack({ audit: "wrong" })}>
            {t("quality.send_wrong")}
          </button>
          <button type="button" className="btn" onClick={() => setBack({})}>
            {t("quality.full_review")}
          </button>
        </p>
      )}
      {back && <SendBack batch={batch} where={back} close={() => setBack(null)} refresh={refresh} />}
    </>
  )
}

interface BackProps {
  readonly batch: string
  readonly where: Record<string, string>
  readonly close: () => void
  readonly refresh: () => void
}

/** Labels are sent back by name and with a reason; somebody else annotates them anew. */
function SendBack({ batch, where, close, refresh }: BackProps) {
  const [because, setBecause] = useState("")
  const everything = Object.keys(where).length === 0
  const run = async () => {
    await post(`/batches/${batch}/remediation`, { because, where, everything })
    tell(t("quality.sending_back"))
    refresh()
  }
  return (
    <Ask
      title={everything ? t("quality.full_review") : t("quality.send_back")}
      act={t("quality.send_back")}
      close={close}
      run={run}
      disabled={because.trim().length < LEAST}
    >
      <p>
        {everything
          ? t("quality.back_all")
          : t("quality.back_some", {
              which: Object.entries(where)
                .map(([name, value]) => `${name} = ${value}`)
                .join(", "),
            })}
      </p>
      <label className="field">
        {t("gate.because")}
        <textarea rows={3} value={because} onChange={(event) => setBecause(event.target.value)} required />
      </label>
    </Ask>
  )
}
