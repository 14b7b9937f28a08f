import { IconPlus, IconStack2 } from "@tabler/icons-react"
import { Link, useNavigate } from "@tanstack/react-router"
import { address } from "@/api/http"
import { type ProgrammeRow, QUEUES } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, percent } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { EvidenceCell } from "@/parts/evidence"
import { useRows } from "@/parts/rows"
import { OutcomeStatus } from "@/parts/status"
import { type Column, Table } from "@/parts/table"

const COLUMNS: Column<ProgrammeRow>[] = [
  {
    key: "title",
    title: t("programmes.title"),
    by: ({ title }) => title,
    wide: true,
    cell: ({ name, title, organisation }) => (
      <>
        <Link to="/p/$programme" params={{ programme: name }} className="strong">
          {title}
        </Link>
        <small>
          {name} · {organisation}
        </small>
      </>
    ),
  },
  {
    key: "decided",
    title: t("programmes.decided"),
    by: ({ decided, items }) => (items > 0 ? decided / items : null),
    number: true,
    cell: ({ decided, items }) => (
      <>
        {items > 0 ? percent(decided / items) : "–"}
        <small>{t("programmes.of", { decided: count(decided), items: count(items) })}</small>
      </>
    ),
  },
  {
    key: "queues",
    title: t("programmes.queues"),
    by: ({ queues }) => QUEUES.reduce((sum, queue) => sum + (queues[queue] ?? 0), 0),
    cell: ({ id, queues }) => (
      <span className="queue-counts">
        {QUEUES.map((queue) => (
          <Link
            key={queue}
            to="/work"
            search={{ programme: id, queue }}
            className={queues[queue] ? "" : "dim"}
          >
            {t(`queue.${queue}`)} <b className="num">{count(queues[queue] ?? 0)}</b>
          </Link>
        ))}
      </span>
    ),
  },
  {
    key: "accuracy",
    title: t("programmes.accuracy"),
    by: ({ accuracy }) => accuracy?.value,
    cell: ({ accuracy }) => <EvidenceCell evidence={accuracy} />,
  },
  {
    key: "agreement",
    title: t("programmes.agreement"),
    by: ({ agreement }) => agreement?.value,
    cell: ({ agreement }) => <EvidenceCell evidence={agreement} />,
  },
  {
    key: "gate",
    title: t("programmes.gate"),
    by: ({ gate }) => gate,
    cell: ({ gate }) => <OutcomeStatus outcome={gate} />,
  },
]

/** All programmes, one row each: what needs a decision is visible from here. */
export default function Programmes() {
  const go = useNavigate()
  const { rows, ...list } = useRows<ProgrammeRow>("/programmes", {}, 15_000)
  const start = (
    <Link to="/new" className="btn primary">
      <IconPlus size={16} aria-hidden /> {t("programmes.new")}
    </Link>
  )
  return (
    <Page crumbs={[{ text: t("place.programmes") }]} actions={rows?.length ? start : undefined}>
      <h1>{t("place.programmes")}</h1>
      <Table
        label={t("place.programmes")}
        rows={rows}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        onOpen={({ name }) => void go({ to: "/p/$programme", params: { programme: name } })}
        csv={address("/programmes", { format: "csv" })}
        keys
        {...list}
        empty={
          <Empty
            icon={<IconStack2 size={34} stroke={1.5} aria-hidden />}
            title={t("programmes.none")}
            because={t("programmes.none_because")}
          >
            {start}
          </Empty>
        }
      />
    </Page>
  )
}
