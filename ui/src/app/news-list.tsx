import { useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import { putTo } from "@/api/http"
import type { News } from "@/api/nouns"
import { count, relative } from "@/lib/format"
import { Dialog } from "@/parts/dialog"
import { Empty } from "@/parts/empty"
import { t } from "./i18n"

export default function NewsList({
  rows,
  close,
  more,
}: {
  rows: readonly News[]
  close: () => void
  more?: () => void
}) {
  const queries = useQueryClient()
  const newest = rows[0]
  // Opening the list is looking at it; what was new stays marked while it is open.
  const [fresh] = useState(() => new Set(rows.filter(({ seen }) => !seen).map(({ id }) => id)))
  const look = newest && !newest.seen ? newest.id : null
  useEffect(() => {
    if (look)
      void putTo("/news/seen", { up_to: look }).then(() => queries.invalidateQueries({ queryKey: ["news"] }))
  }, [look, queries])
  return (
    <Dialog title={t("news.title")} close={close} size="lg">
      {rows.length === 0 && <Empty title={t("news.none")} because={t("news.none_because")} />}
      <ul className="news">
        {rows.map((one) => (
          <li key={one.id} className={fresh.has(one.id) ? "new" : ""}>
            <Where one={one} close={close} />
            <small className="dim">
              {[fresh.has(one.id) && t("news.new"), one.programme, one.by, relative(one.at)]
                .filter(Boolean)
                .join(" · ")}
            </small>
          </li>
        ))}
      </ul>
      {more && (
        <button type="button" className="btn small" onClick={more}>
          {t("news.older")}
        </button>
      )}
    </Dialog>
  )
}

const words = ({ kind, name, data }: News): string => {
  const said = Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      typeof value === "number" ? count(value) : String(value),
    ]),
  )
  return t(`news.kind.${kind}` as "news.kind.gate.decided", { ...said, name: name ?? "" })
}

/** The sentence, leading to what it is about. */
function Where({ one, close }: { one: News; close: () => void }) {
  const { kind, about, programme } = one
  if (about && (kind.startsWith("gate.") || kind.startsWith("batch."))) {
    return (
      <Link to="/b/$batch" params={{ batch: about }} onClick={close}>
        {words(one)}
      </Link>
    )
  }
  if (kind === "gold.suspected" && programme) {
    return (
      <Link to="/p/$programme/calibration" params={{ programme }} onClick={close}>
        {words(one)}
      </Link>
    )
  }
  if (kind === "escalation.answered" || kind.startsWith("calibration.")) {
    return (
      <Link to="/me" onClick={close}>
        {words(one)}
      </Link>
    )
  }
  if (programme && kind === "sign_off.asked") {
    return (
      <Link to="/p/$programme/report" params={{ programme }} onClick={close}>
        {words(one)}
      </Link>
    )
  }
  if (programme && kind.startsWith("sla.")) {
    return (
      <Link to="/p/$programme/sla" params={{ programme }} onClick={close}>
        {words(one)}
      </Link>
    )
  }
  if (about && kind.startsWith("brief.")) {
    return (
      <Link to="/brief/$brief" params={{ brief: about }} onClick={close}>
        {words(one)}
      </Link>
    )
  }
  if (programme && kind === "proposal.made") {
    return (
      <Link to="/p/$programme" params={{ programme }} search={{ tab: "ontology" }} onClick={close}>
        {words(one)}
      </Link>
    )
  }
  if (programme && kind === "digest.weekly") {
    return (
      <Link to="/p/$programme/digests" params={{ programme }} onClick={close}>
        {words(one)}
      </Link>
    )
  }
  const tab = {
    "take_in.finished": "imports",
    "job.failed": "jobs",
    "release.sealed": "releases",
    "release.withdrawn": "releases",
  }[kind as string]
  if (programme && tab) {
    return (
      <Link to="/p/$programme" params={{ programme }} search={{ tab }} onClick={close}>
        {words(one)}
      </Link>
    )
  }
  return <span>{words(one)}</span>
}
