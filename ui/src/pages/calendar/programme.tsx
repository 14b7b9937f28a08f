import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { address, get } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { moment, relative } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"
import { Table } from "@/parts/table"

interface Duty {
  kind: "audit" | "exam" | "batch" | "question" | "brief" | "period"
  about: string
  due_at: number | null
  overdue: boolean
  lapsed: boolean
  owner: string | null
  because: string
  id: string | null
}

/** Leads to what is due. */
function About({ one, programme, children }: { one: Duty; programme: string; children: ReactNode }) {
  if (one.id && (one.kind === "batch" || one.kind === "audit")) {
    return (
      <Link to="/b/$batch" params={{ batch: one.id }}>
        {children}
      </Link>
    )
  }
  if (one.id && one.kind === "brief") {
    return (
      <Link to="/brief/$brief" params={{ brief: one.id }}>
        {children}
      </Link>
    )
  }
  const room = { exam: "calibration", question: "questions", period: "sla" }[one.kind as string]
  if (room) {
    return (
      <Link to={`/p/$programme/${room}` as "/p/$programme/sla"} params={{ programme }}>
        {children}
      </Link>
    )
  }
  return children
}

/** Everything that falls due in a programme, on one page. */
export default function Calendar() {
  const { programme: name = "" } = useParams({ strict: false }) as { programme?: string }
  const path = `/programmes/${encodeURIComponent(name)}/calendar`
  const list = useQuery({ queryKey: ["calendar", name], queryFn: () => get<{ rows: Duty[] }>(path) })
  const overdue = list.data?.rows.filter((one) => one.overdue).length ?? 0
  return (
    <Page
      crumbs={[
        { text: t("place.programmes"), to: "/" },
        { text: name, to: `/p/${name}` },
        { text: t("calendar.title") },
      ]}
    >
      <h1>
        {t("calendar.title")}
        {overdue > 0 && <small className="dim">{t("calendar.overdue_count", { count: overdue })}</small>}
      </h1>
      {list.error && <Problem error={list.error} retry={() => void list.refetch()} />}
      <Table
        label={t("calendar.title")}
        rows={list.data?.rows}
        columns={[
          {
            key: "due_at",
            title: t("calendar.due"),
            by: ({ due_at }) => due_at ?? Number.POSITIVE_INFINITY,
            cell: ({ due_at, overdue, lapsed }) => (
              <>
                {due_at === null ? t("calendar.waits") : moment(due_at)}
                {due_at !== null && <small>{relative(due_at)}</small>}
                {(overdue || lapsed) && (
                  <Status tone="bad">{t(lapsed ? "calendar.lapsed" : "calendar.overdue")}</Status>
                )}
              </>
            ),
          },
          {
            key: "about",
            title: t("calendar.about"),
            by: ({ about }) => about,
            wide: true,
            cell: (one) => (
              <>
                <About one={one} programme={name}>
                  <b>{one.about}</b>
                </About>
                <small>{t(`calendar.kind.${one.kind}`)}</small>
              </>
            ),
          },
          {
            key: "owner",
            title: t("calendar.owner"),
            by: ({ owner }) => owner,
            cell: ({ owner }) => owner ?? "–",
          },
          { key: "because", title: t("calendar.because"), wide: true, cell: ({ because }) => because },
        ]}
        keyOf={(one) => `${one.kind} ${one.about} ${one.id} ${one.due_at}`}
        csv={address(path, { format: "csv" })}
        empty={<Empty title={t("calendar.none")} because={t("calendar.none_because")} />}
      />
    </Page>
  )
}
