import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useEffect, useMemo } from "react"
import { address, get } from "@/api/http"
import { type BatchRow, type Ontology, type ProgrammePage, QUEUES, type TakeIn } from "@/api/nouns"
import { t } from "@/app/i18n"
import { type Entry, tree } from "@/editors/labels"
import { decimal } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { type Choice, Filters } from "@/parts/filters"
import { useRows } from "@/parts/rows"
import { SavedFilters } from "@/parts/saved-filters"
import { useOrder } from "@/parts/sorted"
import { Status, type Tone } from "@/parts/status"
import { type Column, Table } from "@/parts/table"
import { describe } from "@/work/describe"

interface ItemRow {
  id: string
  external_id: string
  text: string
  rule: string | null
  queue: string | null
  confidence: number | null
  state: string | null
  answer: unknown
}

const TONES: Record<string, Tone> = { decided: "ok", disputed: "warn", open: "dim" }

const columnsWith = (entries: readonly Entry[]): Column<ItemRow>[] => [
  {
    key: "id",
    title: t("item.id"),
    sort: "id",
    cell: ({ id, external_id }) => (
      <Link to="/i/$item" params={{ item: id }} className="mono">
        {external_id || id}
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
    key: "route",
    title: t("find.route"),
    sort: "queue",
    cell: ({ queue, rule }) =>
      queue === null ? (
        "–"
      ) : (
        <>
          {t(`queue.${queue as "verify"}`)}
          <small>{rule}</small>
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
    cell: ({ state }) =>
      state === null ? "–" : <Status tone={TONES[state] ?? "dim"}>{t(`decision.${state as "open"}`)}</Status>,
  },
  {
    key: "answer",
    title: t("item.answer"),
    sort: "answer",
    cell: ({ answer }) => describe(answer, entries),
  },
]

const HEADINGS = columnsWith([])
const STATES = (["open", "disputed", "decided"] as const).map(
  (state): Choice => [state, t(`decision.${state}`)],
)
const CHOICES = QUEUES.map((queue): Choice => [queue, t(`queue.${queue}`)])
const OPEN: readonly Choice[] = [...CHOICES, ["any", t("find.any_queue")]]
const TIERS = ["1", "2", "3"].map((tier): Choice => [tier, `T${tier}`])
const PATIENCE = 20 // pages without a row that are asked for by themselves

export function Items({ page, startImport }: { page: ProgrammePage; startImport: (() => void) | undefined }) {
  const { programme, people, ontology_id } = page
  const go = useNavigate()
  const { tab: _tab, sort: _sort, ...query } = useSearch({ strict: false }) as Record<string, string>
  const path = `/programmes/${programme.id}/items`
  const order = useOrder(HEADINGS)
  const { rows, pages, ...list } = useRows<ItemRow>(path, { ...query, ...order })
  const { more } = list
  const ontology = useQuery({
    queryKey: ["ontology", ontology_id],
    queryFn: () => get<Ontology>(`/ontologies/${ontology_id}`),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const columns = useMemo(() => columnsWith(tree(ontology.data?.labels ?? [])), [ontology.data])
  useEffect(() => {
    if (rows?.length === 0 && pages < PATIENCE) more?.()
  }, [rows, pages, more])
  const filtered = Object.keys(query).length > 0
  const labels = ontology.data?.labels.map(({ id, name }): Choice => [id, name])
  const imports = useRows<TakeIn>(`/programmes/${programme.id}/imports`).rows
  const batches = useRows<BatchRow>(`/programmes/${programme.id}/batches`).rows
  const persons = new Map(people.map(({ actor_id, name }) => [actor_id, name]))
  const further = rows?.length === 0 && more !== undefined
  return (
    <>
      <div className="row wrap">
        <Filters
          first
          fields={[
            ["q", t("find.text")],
            ["label", t("filter.label"), labels ?? []],
            ["by", t("find.by"), [...persons]],
            ["state", t("item.state"), STATES],
            ["queue", t("item.routed"), CHOICES],
            ["disagree", t("find.disagree"), [["true", t("find.disagree_yes")]]],
          ]}
          more={[
            ["confidence_from", t("find.confidence_from")],
            ["confidence_below", t("find.confidence_below")],
            ["rule", t("find.rule")],
            ["answered_by", t("find.answered_by"), [...persons]],
            ["slice", t("find.slice")],
            ["open_in", t("find.open_in"), OPEN],
            ["waits_in", t("find.waits_in"), OPEN],
            ["in_hand", t("find.in_hand"), OPEN],
            ["tier", t("find.tier"), TIERS],
            ["batch", t("batch.name"), batches?.map(({ batch }): Choice => [batch.id, batch.name]) ?? []],
            ["import", t("find.import"), imports?.map(({ id, file }): Choice => [id, file]) ?? []],
            ["answered_at", t("find.answered_at"), TIERS],
          ]}
        />
        <SavedFilters programme_id={programme.id} place="items" />
      </div>
      <Table
        label={t("programme.tab.items")}
        rows={rows}
        columns={columns}
        keyOf={({ id }) => id}
        onOpen={({ id }) => void go({ to: "/i/$item", params: { item: id } })}
        csv={address(path, { ...query, ...(list.because ? {} : order), format: "csv" })}
        keys
        {...list}
        empty={
          further ? (
            <Empty title={t("find.looking")} because={t("find.further_why")}>
              <button type="button" className="btn" onClick={more}>
                {t("find.further")}
              </button>
            </Empty>
          ) : filtered ? (
            <Empty
              title={t("filter.none")}
              because={query.q ? t("find.words_hint") : t("filter.none_because")}
            />
          ) : (
            <Empty title={t("item.none")} because={t("item.none_because")}>
              {startImport && (
                <button type="button" className="btn primary" onClick={startImport}>
                  {t("import.title")}
                </button>
              )}
            </Empty>
          )
        }
      />
    </>
  )
}
