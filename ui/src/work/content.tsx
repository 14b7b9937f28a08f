import { useState } from "react"
import { post } from "@/api/http"
import type { Assignment } from "@/api/nouns"
import { t } from "@/app/i18n"
import { TopBar } from "@/app/top-bar"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { putDown } from "./hand"

const titles = (work: Assignment) => (work.content ?? []).map(({ title }) => title).join(", ")

/** In place of an item that holds harmful content, until it is asked for. */
export function Veil({ work, show }: { work: Assignment; show: () => void }) {
  return (
    <div className="frame">
      <TopBar crumbs={<h1>{t("place.work")}</h1>} />
      <main className="page" id="main">
        <section className="card form">
          <p>{t("protection.holds", { titles: titles(work) })}</p>
          <div className="row">
            <button type="button" className="btn primary" onClick={show}>
              {t("protection.show")}
            </button>
            <Refuse work={work} />
          </div>
        </section>
      </main>
    </div>
  )
}

/** What the item in view holds, and the way out of it, which says nothing of anybody. */
export function Marked({ work }: { work: Assignment }) {
  return (
    <p className="banner row">
      {t("protection.holds", { titles: titles(work) })} <span className="grow" />
      <Refuse work={work} />
    </p>
  )
}

function Refuse({ work }: { work: Assignment }) {
  const [error, setError] = useState<unknown>(null)
  const refuse = () =>
    post<{ work_ids: string[] }>(`/work/${work.work_id}/refuse`).then(({ work_ids }) => {
      tell(t("protection.refused", { titles: titles(work) }))
      putDown(...work_ids)
    }, setError)
  return (
    <>
      {error !== null && <Problem error={error} />}
      <button type="button" className="btn" onClick={() => void refuse()}>
        {t("protection.refuse")}
      </button>
    </>
  )
}
