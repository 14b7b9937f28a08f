import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { get, post, putTo } from "@/api/http"
import type { Clause, Label, Ontology, ProgrammePage } from "@/api/nouns"
import { t } from "@/app/i18n"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { type Change, DiffTable } from "@/parts/yaml-editor"
import { VersionLink } from "../behind"

interface Draft {
  readonly labels: readonly Label[]
  readonly guidelines: readonly Clause[]
}

interface Reviewed {
  readonly yaml: string
  readonly diff: readonly Change[]
}

/** The labels and clauses of the programme file, changed by hand and applied as a new version. */
export function LabelsPart({ page }: { page: ProgrammePage }) {
  const { ontology_id, programme } = page
  const ontology = useQuery({
    queryKey: ["ontology", ontology_id],
    queryFn: () => get<Ontology>(`/ontologies/${ontology_id}`),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (ontology.error) return <Problem error={ontology.error} retry={() => void ontology.refetch()} />
  if (!ontology.data) return null
  return <Editor key={`${ontology_id}.${programme.number}`} page={page} ontology={ontology.data} />
}

const LABEL: Omit<Label, "id"> = {
  name: "",
  parent: null,
  definition: "",
  do: [],
  dont: [],
  human_only: false,
  selectable: true,
}

function Editor({ page, ontology }: { page: ProgrammePage; ontology: Ontology }) {
  const clauses = ontology.guidelines.map(({ version: _v, changed_at: _c, ...clause }) => clause)
  const begun: Draft = { labels: ontology.labels, guidelines: clauses }
  const [draft, setDraft] = useState(begun)
  const [reviewed, setReviewed] = useState<Reviewed | null>(null)
  const [error, setError] = useState<unknown>(null)
  const queries = useQueryClient()
  const known = new Set(ontology.labels.map(({ id }) => id))
  const change = (next: Partial<Draft>) => {
    setDraft({ ...draft, ...next })
    setReviewed(null)
  }
  const attempt = (run: () => Promise<void>) => {
    setError(null)
    void run().catch(setError)
  }
  const review = () =>
    attempt(async () =>
      setReviewed(await post<Reviewed>(`/programmes/${page.programme.id}/ontology/draft`, draft)),
    )
  const apply = () =>
    attempt(async () => {
      if (!reviewed) return
      await putTo("/programmes", { yaml: reviewed.yaml })
      tell(t("ontology.applied"))
      await queries.invalidateQueries()
    })
  return (
    <div className="stack">
      <p className="lead">{t(page.may.includes("apply") ? "ontology.lead" : "ontology.lead_read")}</p>
      <p className="row wrap">
        <VersionLink id={ontology.id}>{t("ontology.version", { number: ontology.number })}</VersionLink>
        {page.may.includes("apply") && (
          <Link to="." search={{ tab: "ontology" }}>
            {t("ontology.or_propose")}
          </Link>
        )}
      </p>
      <fieldset className="stack" disabled={!page.may.includes("apply")}>
        <LabelTable labels={draft.labels} known={known} change={(labels) => change({ labels })} />
        <p className="dim small">{t("ontology.retired_hint")}</p>
        <h2>{t("ontology.clauses")}</h2>
        <Clauses
          clauses={draft.guidelines}
          labels={draft.labels}
          change={(guidelines) => change({ guidelines })}
        />
      </fieldset>
      {error !== null && <Problem error={error} />}
      {reviewed && <DiffTable diff={reviewed.diff} />}
      {page.may.includes("apply") && (
        <div className="row">
          <button type="button" className="btn" onClick={review}>
            {t("ontology.review")}
          </button>
          <button
            type="button"
            className="btn primary"
            disabled={!reviewed || reviewed.diff.length === 0}
            onClick={apply}
          >
            {t("ontology.apply")}
          </button>
          <button
            type="button"
            className="btn quiet"
            onClick={() => {
              setDraft(begun)
              setReviewed(null)
            }}
          >
            {t("ontology.reset")}
          </button>
        </div>
      )}
    </div>
  )
}

interface TableProps {
  readonly labels: readonly Label[]
  /** Labels that are in force: their ids stay. */
  readonly known: ReadonlySet<string>
  readonly change: (labels: Label[]) => void
}

function LabelTable({ labels, known, change }: TableProps) {
  const set = (at: number, next: Partial<Label>) =>
    change(labels.map((label, n) => (n === at ? { ...label, ...next } : label)))
  const columns = ["id", "name", "definition", "parent", "human_only", "retired"] as const
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than its box must scroll by keys */}
      <section className="table-box table-scroll" tabIndex={0} aria-label={t("ontology.tab")}>
        <table className="editable">
          <thead>
            <tr>
              {columns.map((key) => (
                <th key={key} scope="col">
                  {t(`ontology.${key}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((label, at) => (
              <tr key={at} aria-label={t("ontology.row", { id: label.id })}>
                <td>
                  {known.has(label.id) && at < known.size ? (
                    <code>{label.id}</code>
                  ) : (
                    <input
                      aria-label={t("ontology.id")}
                      value={label.id}
                      placeholder={t("ontology.id_hint")}
                      onChange={(event) => set(at, { id: event.target.value })}
                    />
                  )}
                </td>
                <td>
                  <input
                    aria-label={t("ontology.name")}
                    value={label.name}
                    onChange={(event) => set(at, { name: event.target.value })}
                  />
                </td>
                <td className="wide">
                  <input
                    aria-label={t("ontology.definition")}
                    value={label.definition}
                    onChange={(event) => set(at, { definition: event.target.value })}
                  />
                </td>
                <td>
                  <select
                    aria-label={t("ontology.parent")}
                    value={label.parent ?? ""}
                    onChange={(event) => set(at, { parent: event.target.value || null })}
                  >
                    <option value="">{t("ontology.top")}</option>
                    {labels
                      .filter(({ id }) => id && id !== label.id)
                      .map(({ id, name }) => (
                        <option key={id} value={id}>
                          {name}
                        </option>
                      ))}
                  </select>
                </td>
                <td>
                  <input
                    type="checkbox"
                    aria-label={t("ontology.human_only")}
                    checked={label.human_only}
                    onChange={(event) => set(at, { human_only: event.target.checked })}
                  />
                </td>
                <td>
                  <input
                    type="checkbox"
                    aria-label={t("ontology.retired")}
                    checked={!label.selectable}
                    onChange={(event) => set(at, { selectable: !event.target.checked })}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div className="row">
        <button type="button" className="btn" onClick={() => change([...labels, { ...LABEL, id: "" }])}>
          {t("ontology.add")}
        </button>
      </div>
    </>
  )
}

interface ClausesProps {
  readonly clauses: readonly Clause[]
  readonly labels: readonly Label[]
  readonly change: (clauses: Clause[]) => void
}

function Clauses({ clauses, labels, change }: ClausesProps) {
  const set = (at: number, next: Partial<Clause>) =>
    change(clauses.map((clause, n) => (n === at ? { ...clause, ...next } : clause)))
  const free = () => {
    let n = clauses.length + 1
    while (clauses.some(({ id }) => id === `g${n}`)) n++
    return `g${n}`
  }
  return (
    <>
      {clauses.map((clause, at) => (
        <fieldset key={clause.id} className="card clause-edit">
          <legend>
            {t("ontology.clause_id")} {clause.id}
          </legend>
          <label className="field">
            {t("ontology.clause_title")}
            <input
              type="text"
              value={clause.title}
              onChange={(event) => set(at, { title: event.target.value })}
            />
          </label>
          <label className="field">
            {t("ontology.clause_label")}
            <select
              value={clause.label ?? ""}
              onChange={(event) => set(at, { label: event.target.value || null })}
            >
              <option value="">{t("ontology.all")}</option>
              {labels
                .filter(({ id }) => id)
                .map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
            </select>
          </label>
          <label className="field whole">
            {t("ontology.clause_text")}
            <textarea
              rows={2}
              value={clause.text}
              onChange={(event) => set(at, { text: event.target.value })}
            />
          </label>
          <button
            type="button"
            className="btn small quiet"
            onClick={() => change(clauses.filter((_, n) => n !== at))}
          >
            {t("ontology.remove_clause", { id: clause.id })}
          </button>
        </fieldset>
      ))}
      <div className="row">
        <button
          type="button"
          className="btn"
          onClick={() =>
            change([...clauses, { id: free(), label: null, title: "", text: "", do: [], dont: [] }])
          }
        >
          {t("ontology.add_clause")}
        </button>
      </div>
    </>
  )
}
