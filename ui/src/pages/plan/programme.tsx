import "@/styles/plan.css"
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { get } from "@/api/http"
import type { Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { moment } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Problem } from "@/parts/problem"
import { MakePlan } from "./make"
import { Replayed } from "./replay"
import { Shown } from "./shown"
import type { Plan, PlanHead } from "./types"

/** A programme simulated before it starts, its plans, and how well they foretold what was measured. */
export default function PlanRoom() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const { plan: chosen } = useSearch({ strict: false }) as { plan?: string }
  const navigate = useNavigate()
  const base = `/programmes/${encodeURIComponent(name)}`
  const plans = useQuery({
    queryKey: ["plans", name],
    queryFn: () => get<Rows<PlanHead>>(`${base}/plans`),
  })
  const at = chosen ?? plans.data?.rows[0]?.id
  const plan = useQuery({
    queryKey: ["plan", at],
    queryFn: () => get<Plan>(`/plans/${at}`),
    enabled: at !== undefined,
  })
  const show = (id: string) =>
    void navigate({ to: "/p/$programme/plan", params: { programme: name }, search: { plan: id } })
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    { text: name, to: `/p/${name}` },
    { text: t("plan.title") },
  ]
  const rows = plans.data?.rows ?? []
  const error = plans.error ?? plan.error
  return (
    <Page crumbs={crumbs}>
      <h1>
        {t("plan.title")}
        <small className="dim">{t("plan.about")}</small>
      </h1>
      <MakePlan
        programme={name}
        made={(id) => {
          void plans.refetch()
          show(id)
        }}
      />
      {error && <Problem error={error} retry={() => void plans.refetch()} />}
      {plans.data && rows.length === 0 && <Empty title={t("plan.none")} because={t("plan.none_because")} />}
      {rows.length > 0 && (
        <label className="field">
          {t("plan.which")}
          <select value={at ?? ""} onChange={(event) => show(event.target.value)}>
            {rows.map((one) => (
              <option key={one.id} value={one.id}>
                {t(`plan.kind.${one.kind}`)} · {moment(one.made_at)} · {one.by ?? ""}
              </option>
            ))}
          </select>
        </label>
      )}
      {plan.data &&
        (plan.data.kind === "replay" ? <Replayed plan={plan.data} /> : <Shown plan={plan.data} />)}
    </Page>
  )
}
