import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { address, get } from "@/api/http"
import type { ProgrammePage, Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { moment } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { useRows } from "@/parts/rows"
import { type Column, Table } from "@/parts/table"
import { type Terms, TermsCard } from "@/parts/terms"
import { MaskingPart } from "./workspace/masking"
import { WorkspacePart } from "./workspace/programme"

interface Erasure {
  readonly item_id: string
  readonly external_id: string
  readonly erased_at: number
  readonly because: string
  readonly by: string | null
}

interface Opening {
  readonly item_id: string
  readonly external_id: string
  readonly who: string
  readonly token: string
  readonly because: string
  readonly opened_at: number
}

interface Acceptance {
  readonly actor_id: string
  readonly who: string
  readonly version: number
  readonly accepted_at: number
}

interface Stuck {
  readonly queue: string
  readonly tier: number
  readonly works: number
  readonly because: string
}

const itemLink = ({ item_id, external_id }: { item_id: string; external_id: string }) => (
  <Link to="/i/$item" params={{ item: item_id }}>
    {external_id}
  </Link>
)

const ERASURES: readonly Column<Erasure>[] = [
  { key: "item", title: t("protection.item"), cell: itemLink },
  { key: "at", title: t("protection.at"), cell: ({ erased_at }) => moment(erased_at) },
  { key: "by", title: t("protection.by"), cell: ({ by }) => by ?? t("protection.by_age") },
  { key: "because", title: t("protection.because"), cell: ({ because }) => because, wide: true },
]

const OPENINGS: readonly Column<Opening>[] = [
  { key: "at", title: t("protection.at"), cell: ({ opened_at }) => moment(opened_at) },
  { key: "who", title: t("protection.who"), cell: ({ who }) => who },
  {
    key: "token",
    title: t("protection.token"),
    cell: ({ token }) => <span className="mono">{token}</span>,
  },
  { key: "item", title: t("protection.item"), cell: itemLink },
  { key: "because", title: t("protection.because"), cell: ({ because }) => because, wide: true },
]

interface Left {
  readonly id: string
  readonly kind: string
  readonly what: string
  readonly who: string | null
  readonly at: number
}

const LEFT: readonly Column<Left>[] = [
  { key: "at", title: t("protection.at"), cell: ({ at }) => moment(at) },
  { key: "who", title: t("protection.who"), cell: ({ who }) => who ?? "–" },
  {
    key: "kind",
    title: t("protection.left_how"),
    cell: ({ kind }) =>
      t(`protection.left_is.${kind.replace(".", "_")}` as "protection.left_is.vault_opened"),
  },
  { key: "what", title: t("protection.left_what"), cell: ({ what }) => what, wide: true },
]

const ACCEPTANCES: readonly Column<Acceptance>[] = [
  { key: "who", title: t("protection.who"), cell: ({ who }) => who },
  { key: "version", title: t("protection.version"), cell: ({ version }) => version, number: true },
  { key: "at", title: t("protection.at"), cell: ({ accepted_at }) => moment(accepted_at) },
]

/** `/p/..../protection`: what a programme promises about its data, and what was done about it. */
export default function ProtectionRoom() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const path = `/programmes/${encodeURIComponent(name)}`
  const page = useQuery({ queryKey: ["programme", name], queryFn: () => get<ProgrammePage>(path) })
  const terms = useQuery({
    queryKey: ["terms", name],
    queryFn: () => get<Terms>(`${path}/terms`),
  })
  const has = terms.data && terms.data.version !== null ? terms.data : undefined
  const masks = (page.data?.policy.protection as { pii?: unknown } | undefined)?.pii
  const stuck = useQuery({ queryKey: ["stuck", name], queryFn: () => get<Rows<Stuck>>(`${path}/stuck`) })
  const accepted = useRows<Acceptance>(`${path}/acceptances`)
  const erased = useRows<Erasure>(`${path}/erasures`)
  const opened = useRows<Opening>(`${path}/openings`)
  const left = useRows<Left>(`${path}/exports`)
  return (
    <Page
      crumbs={[
        { text: t("place.programmes"), to: "/" },
        { text: name, to: `/p/${name}` },
        { text: t("protection.title") },
      ]}
    >
      <h1>{t("protection.title")}</h1>
      <p className="dim">{t("protection.hint")}</p>
      {stuck.data?.rows.map(({ queue, tier, works, because }) => (
        <p key={`${queue}.${tier}.${because}`} className="banner warn">
          {t("protection.stuck", { count: works, because })}
        </p>
      ))}
      {has ? <TermsCard terms={has} /> : <p className="dim">{t("protection.no_terms")}</p>}
      {has && (
        <Table
          label={t("protection.terms")}
          columns={ACCEPTANCES}
          keyOf={({ actor_id }) => actor_id}
          {...accepted}
          empty={
            <Empty
              title={t("protection.nobody_accepted")}
              because={t("protection.nobody_accepted_because")}
            />
          }
        />
      )}
      {masks !== null && masks !== undefined && <MaskingPart name={name} />}
      <WorkspacePart name={name} people={page.data?.people ?? []} />
      <h2>{t("protection.erasures")}</h2>
      <Table
        label={t("protection.erasures")}
        columns={ERASURES}
        keyOf={({ item_id }) => item_id}
        csv={address(`${path}/erasures`, { format: "csv" })}
        {...erased}
        empty={<Empty title={t("protection.none_erased")} because={t("protection.none_erased_because")} />}
      />
      <h2>{t("protection.openings")}</h2>
      <Table
        label={t("protection.openings")}
        columns={OPENINGS}
        keyOf={({ opened_at, token, who }) => `${opened_at}.${token}.${who}`}
        csv={address(`${path}/openings`, { format: "csv" })}
        {...opened}
        empty={<Empty title={t("protection.none_opened")} because={t("protection.none_opened_because")} />}
      />
      <h2>{t("protection.left")}</h2>
      <Table
        label={t("protection.left")}
        columns={LEFT}
        keyOf={({ id }) => id}
        csv={address(`${path}/exports`, { format: "csv" })}
        {...left}
        empty={<Empty title={t("protection.none_left")} because={t("protection.none_left_because")} />}
      />
      <p>
        <a className="btn" href={address(`${path}/ledger/segment`)} download={`${name}-ledger.jsonl`}>
          {t("protection.ledger")}
        </a>{" "}
        <small className="dim">{t("protection.ledger_means")}</small>
      </p>
    </Page>
  )
}
