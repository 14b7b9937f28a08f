import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { address } from "@/api/http"
import type { Batch, BatchItem, BatchPage } from "@/api/nouns"
import { t } from "@/app/i18n"
import { count } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { type Choice, Filters } from "@/parts/filters"
import { useRows } from "@/parts/rows"
import { Status, type Tone } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { describe } from "@/work/describe"

const TONES: Record<string, Tone> = { decided: "ok", disputed: "warn", open: "dim" }

const COLUMNS: Column<BatchItem>[] = [
  {
    key: "id",
    title: t("item.id"),
    cell: ({ item_id, external_id }) => (
      <Link to="/i/$item" params={{ item: item_id }} className="mono">
        {external_id || item_id}
      </Link>
    ),
  },
  {
    key: "text",
    title: t("item.text"),
    wide: true,
    cell: ({ text }) => (
      <span className="clip" dir="auto">
        {text}
      </span>
    ),
  },
  {
    key: "queue",
    title: t("item.routed"),
    cell: ({ queue, because }) => (
      <>
        {t(`queue.${queue as "verify"}`)}
        <small>{because}</small>
      </>
    ),
  },
  {
    key: "state",
    title: t("item.state"),
    cell: ({ state }) => <Status tone={TONES[state] ?? "dim"}>{state}</Status>,
  },
  { key: "answer", title: t("item.answer"), cell: ({ answer }) => describe(answer) },
  {
    key: "judgements",
    title: t("item.judgements"),
    number: true,
    cell: ({ judgements }) => count(judgements),
  },
]

const fieldsFor = (people: BatchPage["people"]) =>
  [
    ["q", t("filter.text")],
    ["state", t("item.state"), ["open", "disputed", "decided"]],
    ["queue", t("item.routed"), ["verify", "annotate", "review"]],
    ["label", t("filter.label")],
    ["rule", t("filter.rule")],
    ["by", t("find.by"), people.map(({ actor }): Choice => [actor.id, actor.name])],
    ["disagree", t("find.disagree"), [["true", t("find.disagree_yes")] as Choice]],
  ] as const

export function BatchItems({ batch, people }: { batch: Batch; people: BatchPage["people"] }) {
  const go = useNavigate()
  const { tab: _tab, ...query } = useSearch({ strict: false }) as Record<string, string>
  const path = `/batches/${batch.id}/items`
  const { rows, pages: _pages, ...list } = useRows<BatchItem>(path, query)
  return (
    <>
      <Filters fields={fieldsFor(people)} first />
      <Table
        label={t("batch.tab.items")}
        rows={rows}
        columns={COLUMNS}
        keyOf={({ item_id }) => item_id}
        onOpen={({ item_id }) => void go({ to: "/i/$item", params: { item: item_id } })}
        csv={address(path, { ...query, format: "csv" })}
        keys
        {...list}
        empty={<Empty title={t("filter.none")} because={t("filter.none_because")} />}
      />
    </>
  )
}
