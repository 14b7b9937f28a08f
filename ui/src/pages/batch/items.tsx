import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useMemo } from "react"
import { address, get } from "@/api/http"
import { type Batch, type BatchItem, type BatchPage, type Ontology, QUEUES } from "@/api/nouns"
import { t } from "@/app/i18n"
import { type Entry, tree } from "@/editors/labels"
import { count, decimal } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { type Choice, Filters } from "@/parts/filters"
import { useRows } from "@/parts/rows"
import { SavedFilters } from "@/parts/saved-filters"
import { useOrder } from "@/parts/sorted"
import { Status, type Tone } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { describe } from "@/work/describe"

const TONES: Record<string, Tone> = { decided: "ok", disputed: "warn", open: "dim" }

const columnsWith = (entries: readonly Entry[]): Column<BatchItem>[] => [
  {
    key: "id",
    title: t("item.id"),
    sort: "id",
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
    sort: "queue",
    cell: ({ queue, because }) => (
      <>
        {t(`queue.${queue as "verify"}`)}
        <small>{because}</small>
      </>
    ),
  },
  {
    key: "confidence",
    title: t("find.confidence"),
    sort: "confidence",
    number: true,
    cell: ({ confidence }) => (confidence === null ? "–" : decimal(confidence)),
  },
  {
    key: "state",
    title: t("item.state"),
    sort: "state",
    cell: ({ state }) => <Status tone={TONES[state] ?? "dim"}>{t(`decision.${state as "open"}`)}</Status>,
  },
  {
    key: "answer",
    title: t("item.answer"),
    sort: "answer",
    cell: ({ answer }) => describe(answer, entries),
  },
  {
    key: "judgements",
    title: t("item.judgements"),
    sort: "judgements",
    number: true,
    cell: ({ judgements }) => count(judgements),
  },
]

const HEADINGS = columnsWith([])
const fieldsFor = (people: BatchPage["people"], entries: readonly Entry[]) =>
  [
    ["q", t("filter.text")],
    [
      "state",
      t("item.state"),
      (["open", "disputed", "decided"] as const).map((state): Choice => [state, t(`decision.${state}`)]),
    ],
    ["queue", t("item.routed"), QUEUES.map((queue): Choice => [queue, t(`queue.${queue}`)])],
    ["label", t("filter.label"), entries.map(({ label }): Choice => [label.id, label.name])],
    ["rule", t("filter.rule")],
    ["by", t("find.by"), people.map(({ actor }): Choice => [actor.id, actor.name])],
    ["disagree", t("find.disagree"), [["true", t("find.disagree_yes")] as Choice]],
  ] as const

export function BatchItems({ batch, people }: { batch: Batch; people: BatchPage["people"] }) {
  const go = useNavigate()
  const { tab: _tab, sort: _sort, ...query } = useSearch({ strict: false }) as Record<string, string>
  const path = `/batches/${batch.id}/items`
  const order = useOrder(HEADINGS)
  const { rows, pages: _pages, ...list } = useRows<BatchItem>(path, { ...query, ...order })
  const ontology = useQuery({
    queryKey: ["ontology", batch.ontology_id],
    queryFn: () => get<Ontology>(`/ontologies/${batch.ontology_id}`),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const entries = useMemo(() => tree(ontology.data?.labels ?? []), [ontology.data])
  const columns = useMemo(() => columnsWith(entries), [entries])
  return (
    <>
      <div className="row wrap">
        <Filters fields={fieldsFor(people, entries)} first />
        <SavedFilters programme_id={batch.programme_id} place="batch" />
      </div>
      <Table
        label={t("batch.tab.items")}
        rows={rows}
        columns={columns}
        keyOf={({ item_id }) => item_id}
        onOpen={({ item_id }) => void go({ to: "/i/$item", params: { item: item_id } })}
        csv={address(path, { ...query, ...(list.because ? {} : order), format: "csv" })}
        keys
        {...list}
        empty={<Empty title={t("filter.none")} because={t("filter.none_because")} />}
      />
    </>
  )
}
