import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { get } from "@/api/http"
import { t } from "@/app/i18n"
import { relative } from "@/lib/format"

interface Waits {
  readonly kind: "proposal" | "sign_off"
  readonly programme: string
  readonly id: string
  readonly name: string
  readonly because: string
  readonly since: number
}

/** What waits for one's word in all programmes; nothing where nothing does. `but` leaves a programme out. */
export function Waiting({ but }: { but?: string }) {
  const { data } = useQuery({
    queryKey: ["me", "waiting"],
    queryFn: () => get<{ rows: Waits[] }>("/me/waiting"),
    refetchInterval: 60_000,
  })
  const rows = (data?.rows ?? []).filter(({ programme }) => programme !== but)
  if (rows.length === 0) return null
  return (
    <section className="card waiting" aria-label={t("waiting.title")}>
      <h2>{t("waiting.title")}</h2>
      <ul className="plain">
        {rows.map((one) => (
          <li key={one.id}>
            <WhereItIsSaid one={one} /> <span dir="auto">{one.because}</span>{" "}
            <small className="dim">{relative(one.since)}</small>
          </li>
        ))}
      </ul>
    </section>
  )
}

function WhereItIsSaid({ one: { kind, programme, id, name } }: { one: Waits }) {
  const text = t(`waiting.${kind}`, { name, programme })
  if (kind === "sign_off")
    return (
      <Link to="/p/$programme/report" params={{ programme }}>
        {text}
      </Link>
    )
  return (
    <Link to="/p/$programme" params={{ programme }} search={{ tab: "ontology", proposal: id }}>
      {text}
    </Link>
  )
}
