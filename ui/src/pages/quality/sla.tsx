import { IconCalculator, IconFileText } from "@tabler/icons-react"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { get, post, Refusal } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { moment } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { TermStatus, Terms } from "./sla-tables"
import type { SlaView } from "./sla-types"

/** What a programme promises its client, where every term stands, what is forecast, and what is credited. */
export default function SlaRoom() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const queries = useQueryClient()
  const path = `/programmes/${encodeURIComponent(name)}/sla`
  const page = useQuery({
    queryKey: ["sla", name],
    queryFn: () => get<SlaView>(path),
    refetchInterval: 30_000,
  })
  const crumbs = [
    { text: t("place.programmes"), to: "/" },
    { text: name, to: `/p/${name}` },
    { text: t("sla.title") },
  ]
  const evaluate = () =>
    post(path)
      .then(() => tell(t("sla.evaluating")))
      .catch((refusal: unknown) => tell(refusal instanceof Refusal ? refusal.sentence : String(refusal)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["sla", name] }))
  if (page.error || !page.data) {
    return (
      <Page crumbs={crumbs}>
        {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      </Page>
    )
  }
  const { sla, terms, first_day, last_day, as_of } = page.data
  return (
    <Page
      crumbs={crumbs}
      actions={
        sla && (
          <>
            <Link className="btn" to="/p/$programme/report" params={{ programme: name }}>
              <IconFileText size={16} aria-hidden /> {t("sla.report")}
            </Link>
            <button type="button" className="btn" onClick={() => void evaluate()}>
              <IconCalculator size={16} aria-hidden /> {t("sla.evaluate")}
            </button>
          </>
        )
      }
    >
      <h1>
        {t("sla.title")}
        {sla && (
          <small className="dim">
            {t("sla.about", {
              client: sla.client,
              from: first_day,
              to: last_day,
              at: moment(as_of),
            })}
          </small>
        )}
      </h1>
      {sla ? (
        <>
          <Terms {...page.data} />
          <Lines terms={terms} />
        </>
      ) : (
        <Empty title={t("sla.none")} because={t("sla.none_because")} />
      )}
    </Page>
  )
}

/** Every batch, failure and question that a term speaks of. */
function Lines({ terms }: Pick<SlaView, "terms">) {
  const some = terms.filter(({ lines }) => lines.length > 0)
  if (some.length === 0) return null
  return (
    <>
      <h2>{t("sla.lines")}</h2>
      {some.map(({ term, lines }) => (
        <section key={term} className="sla-lines" aria-label={term}>
          <h3>{term}</h3>
          <ul>
            {lines.map(({ about, state, because, due_at, remedy }) => (
              <li key={about}>
                <TermStatus state={state} /> <b>{about}</b> {because}
                {due_at !== null && <span className="dim"> · {t("sla.due", { when: moment(due_at) })}</span>}
                {remedy && <span className="dim"> · {remedy}</span>}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}
