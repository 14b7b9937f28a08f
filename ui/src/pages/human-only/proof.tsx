import { useQueryClient } from "@tanstack/react-query"
import { post, Refusal } from "@/api/http"
import { t } from "@/app/i18n"
import { count, relative } from "@/lib/format"
import { isActive, useFreshAfterJobs, useJobs } from "@/parts/jobs"
import { tell } from "@/parts/notice"
import { type Column, Table } from "@/parts/table"
import type { Proof, Violation } from "./types"

const KIND = "prove_human_only"

/** The newest walk through the record, every violation by name, and another one. */
export function ProofOf({ at, programme_id }: { at: string; programme_id: string }) {
  const queries = useQueryClient()
  const jobs = useJobs(programme_id)
  useFreshAfterJobs(programme_id)
  const ours = (jobs.data?.rows ?? []).filter(({ kind }) => kind === KIND)
  const done = ours.find(({ state }) => state === "done")
  const proof = done ? (done.result as Proof) : null
  const runs = ours.some(isActive)
  const prove = () =>
    post(`${at}/human-only/proof`)
      .catch((refusal: unknown) => tell(refusal instanceof Refusal ? refusal.sentence : String(refusal)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  const words = proof && {
    n: count(proof.violations),
    items: count(proof.items),
    routed: count(proof.routed),
  }
  return (
    <section className="card" aria-label={t("human_only.proof")}>
      <p className="dim small">{t("human_only.proof_about")}</p>
      <p className="row">
        {words && proof ? (
          <span className={proof.violations ? "banner warn" : undefined}>
            {t(proof.violations ? "human_only.broken" : "human_only.proved", words)}{" "}
            {proof.declared > 0 && t("human_only.declared", { n: count(proof.declared) })}{" "}
            {done?.finished_at && <small className="dim">{relative(done.finished_at)}</small>}
          </span>
        ) : (
          <span className="dim">{t(runs ? "human_only.proving" : "human_only.never")}</span>
        )}
        <span className="grow" />
        <button type="button" className="btn small" disabled={runs} onClick={() => void prove()}>
          {t(runs ? "human_only.proving" : "human_only.prove")}
        </button>
      </p>
      {proof && proof.named.length > 0 && (
        <Table
          label={t("human_only.what")}
          rows={proof.named}
          columns={COLUMNS}
          keyOf={({ kind, item, batch, what }) => `${kind} ${item} ${batch} ${what}`}
          empty={null}
        />
      )}
    </section>
  )
}

const COLUMNS: Column<Violation>[] = [
  { key: "item", title: t("human_only.item"), by: ({ item }) => item, cell: ({ item }) => <b>{item}</b> },
  { key: "batch", title: t("human_only.batch"), by: ({ batch }) => batch, cell: ({ batch }) => batch },
  {
    key: "what",
    title: t("human_only.what"),
    wide: true,
    by: ({ kind }) => kind,
    cell: ({ what }) => what,
  },
]
