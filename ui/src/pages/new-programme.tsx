import { useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { putTo } from "@/api/http"
import type { Programme } from "@/api/nouns"
import { useMe } from "@/api/session"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { YamlEditor } from "@/parts/yaml-editor"
import { draftFor, TEMPLATES, type Template } from "./templates"

/** A programme begins as one file: a template to change, checked before it is applied. */
export default function NewProgramme() {
  const { data: me } = useMe()
  const organisation = typeof me?.organisation === "string" ? me.organisation : (me?.organisation?.name ?? "")
  const owner = me?.account ?? ""
  const [template, setTemplate] = useState<Template>("choice")
  const [yaml, setYaml] = useState(() => draftFor("choice", { organisation, owner }))
  const queries = useQueryClient()
  const go = useNavigate()
  const choose = (next: Template) => {
    setTemplate(next)
    setYaml(draftFor(next, { organisation, owner }))
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
      <fieldset className="templates">
        <legend>{t("programmes.template")}</legend>
        {TEMPLATES.map((name) => (
          <label key={name} className="template">
            <input type="radio" name="template" checked={template === name} onChange={() => choose(name)} />
            <span>
              <b>{t(`template.${name}.title`)}</b>
              <small>{t(`template.${name}.what`)}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <YamlEditor yaml={yaml} onChange={setYaml} apply={apply} act={t("programmes.create")} />
    </Page>
  )
}
