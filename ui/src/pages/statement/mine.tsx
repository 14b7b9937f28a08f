import { useQuery } from "@tanstack/react-query"
import { useSearch } from "@tanstack/react-router"
import { get } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { Empty } from "@/parts/empty"
import { Problem } from "@/parts/problem"
import { Lines } from "./lines"
import { MonthField } from "./month"
import type { Statement } from "./types"

/** What one is paid oneself, programme by programme. */
export default function MyStatements() {
  const { month } = useSearch({ strict: false }) as { month?: string }
  const found = useQuery({
    queryKey: ["my statements", month],
    queryFn: () => get<{ statements: Statement[] }>("/me/statements", { month }),
  })
  const mine = found.data?.statements
  return (
    <Page crumbs={[{ text: t("statement.mine") }]}>
      <h1>
        {t("statement.mine")}
        <small className="dim">{t("statement.mine_about")}</small>
      </h1>
      <MonthField month={month} />
      {found.error && <Problem error={found.error} retry={() => void found.refetch()} />}
      {mine?.length === 0 && <Empty title={t("statement.nobody")} because={t("statement.mine_none")} />}
      {mine?.map((one) => (
        <section key={one.programme} className="card" aria-label={one.title}>
          <h2>{one.title}</h2>
          <Lines one={one} path={`/me/statements/${encodeURIComponent(one.programme)}`} linked={false} />
        </section>
      ))}
    </Page>
  )
}
