import { useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { post, Refusal } from "@/api/http"
import type { Programme } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Empty } from "@/parts/empty"
import { tell } from "@/parts/notice"

interface ModelDoc {
  judge?: { name?: string } | string
  version?: string
}

/** The models of the programme file; each can be trained, and asked for its suggestions. */
export function Models({ programme, policy }: { programme: Programme; policy: Record<string, unknown> }) {
  const queries = useQueryClient()
  const models = Object.entries((policy.models ?? {}) as Record<string, ModelDoc>)
  const start = (name: string, act: "train" | "run") =>
    post(`/programmes/${programme.id}/models/${encodeURIComponent(name)}/${act}`)
      .then(() => tell(t(`models.started.${act}`, { name })))
      .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["jobs"] }))
  if (models.length === 0) return <Empty title={t("models.none")} because={t("models.none_because")} />
  return (
    <>
      <p>
        <Link to="/p/$programme/models" params={{ programme: programme.name }}>
          {t("models.versions")}
        </Link>
      </p>
      <ul className="cards">
        {models.map(([name, { judge, version }]) => (
          <li key={name} className="card">
            <h2>{name}</h2>
            <p className="dim">
              {typeof judge === "string" ? judge : judge?.name} · {t("models.version", { version })}
            </p>
            <div className="row">
              <button type="button" className="btn small" onClick={() => void start(name, "train")}>
                {t("models.train")}
              </button>
              <button type="button" className="btn small" onClick={() => void start(name, "run")}>
                {t("models.run")}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}
