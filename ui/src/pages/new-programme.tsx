import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { Suspense, useEffect, useState } from "react"
import { get, post, putTo } from "@/api/http"
import type { Kind, Label, Programme, Spec } from "@/api/nouns"
import { useMe } from "@/api/session"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { part } from "@/lib/part"
import { Problem } from "@/parts/problem"
import { YamlEditor } from "@/parts/yaml-editor"
import { draftFor, offered, predictable, sampleOf, type Template } from "./templates"

const Preview = part(() => import("@/parts/workbench-preview"))
const PATIENCE = 500

interface Declared {
  readonly policy: { readonly task: Spec; readonly ontology: { readonly labels: Label[] } }
}

/** What the file declares, a moment after it was changed; or why it is not valid. */
function useDeclared(yaml: string) {
  const [settled, setSettled] = useState(yaml)
  useEffect(() => {
    const wait = setTimeout(() => setSettled(yaml), PATIENCE)
    return () => clearTimeout(wait)
  }, [yaml])
  const found = useQuery({
    queryKey: ["declared", settled],
    queryFn: () => post<Declared>("/programmes/diff", { yaml: settled }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return { policy: found.data?.policy, error: found.error }
}

/** A programme begins as one file: a template to change, tried beside it, checked before it is applied. */
export default function NewProgramme() {
  const { data: me } = useMe()
  const organisation = typeof me?.organisation === "string" ? me.organisation : (me?.organisation?.name ?? "")
  const owner = me?.account ?? ""
  const kinds = useQuery({
    queryKey: ["kinds"],
    queryFn: () => get<Record<string, Kind[]>>("/kinds"),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [template, setTemplate] = useState<Template>("choice")
  const [predicted, setPredicted] = useState(false)
  const draft = (name: Template, spoken: boolean) =>
    draftFor(name, { organisation, owner, predicted: spoken })
  const [yaml, setYaml] = useState(() => draft("choice", false))
  const { policy: declared, error } = useDeclared(yaml)
  const queries = useQueryClient()
  const go = useNavigate()
  const choose = (next: Template) => {
    setTemplate(next)
    setYaml(draft(next, predicted))
  }
  const choosePredicted = (next: boolean) => {
    setPredicted(next)
    setYaml(draft(template, next))
  }
  const apply = async () => {
    const { programme } = await putTo<{ programme: Programme }>("/programmes", { yaml })
    await queries.invalidateQueries()
    await go({ to: "/p/$programme", params: { programme: programme.name } })
  }
  return (
    <Page crumbs={[{ text: t("place.programmes"), to: "/" }, { text: t("programmes.new") }]}>
      <h1>{t("programmes.new")}</h1>
      <p className="lead">{t("programmes.new_why")}</p>
      <p>
        <Link to="/projects">{t("programmes.from_project")}</Link> ·{" "}
        <Link to="/archives">{t("programmes.from_archive")}</Link>
      </p>
      <fieldset className="templates">
        <legend>{t("programmes.template")}</legend>
        {offered(kinds.data?.task?.map(({ name }) => name) ?? []).map((name) => (
          <label key={name} className="template">
            <input type="radio" name="template" checked={template === name} onChange={() => choose(name)} />
            <span>
              <b>{titleOf(name)}</b>
              <small>{whatOf(name)}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <label className="check">
        <input
          type="checkbox"
          checked={predicted && predictable(template)}
          disabled={!predictable(template)}
          onChange={(event) => choosePredicted(event.target.checked)}
        />
        <span>
          {t("templates.predicted")} <small className="dim">{t("templates.predicted_what")}</small>
        </span>
      </label>
      <div className="columns even">
        <YamlEditor yaml={yaml} onChange={setYaml} apply={apply} act={t("programmes.create")} />
        <section aria-labelledby="preview-title" className="stack">
          <h2 id="preview-title">{t("templates.live")}</h2>
          {declared ? (
            <Suspense>
              <Preview task={declared.task} labels={declared.ontology.labels} body={sampleOf(template)} />
            </Suspense>
          ) : (
            <>
              <p className="dim">{t("templates.broken")}</p>
              {error && <Problem error={error} />}
            </>
          )}
        </section>
      </div>
    </Page>
  )
}

const titleOf = (name: Template) =>
  name === "choice" || name === "spans" ? t(`template.${name}.title`) : t(`templates.${name}.title`)
const whatOf = (name: Template) =>
  name === "choice" || name === "spans" ? t(`template.${name}.what`) : t(`templates.${name}.what`)
