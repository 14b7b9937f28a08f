import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useParams } from "@tanstack/react-router"
import { useState } from "react"
import { get, post } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count, percent } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { MeasuredCell } from "@/parts/measured"
import { Problem } from "@/parts/problem"
import { type Column, Table } from "@/parts/table"
import { GoldHealth } from "./gold"
import { Reason } from "./reason"
import { StandingStatus } from "./standing"
import type { CalibrationView, Person } from "./types"

interface Doing {
  readonly person: Person
  readonly what: "lift" | "uphold"
}

/** How everybody stands to the programme's exam, with intervals, and how its gold fares. */
export default function CalibrationRoom() {
  const { programme = "" } = useParams({ strict: false }) as { programme?: string }
  const [doing, setDoing] = useState<Doing | null>(null)
  const [again, setAgain] = useState(false)
  const queries = useQueryClient()
  const path = `/programmes/${encodeURIComponent(programme)}/calibration`
  const page = useQuery({ queryKey: ["calibration", programme], queryFn: () => get<CalibrationView>(path) })
  const rule = page.data?.rule
  const run = async (because: string) => {
    if (!doing) return
    const said = doing.what === "lift" ? { because, again } : { because }
    await post(`${path}/${doing.person.actor_id}/${doing.what}`, said)
    await queries.invalidateQueries({ queryKey: ["calibration", programme] })
  }
  return (
    <Page
      crumbs={[
        { text: t("place.programmes"), to: "/" },
        { text: programme, to: `/p/${programme}` },
        { text: t("calibration.title") },
      ]}
    >
      <h1>{t("calibration.title")}</h1>
      {page.error && <Problem error={page.error} retry={() => void page.refetch()} />}
      {rule === null && <Empty title={t("calibration.no_rule")} because={t("calibration.no_rule_because")} />}
      {rule && (
        <p>
          {t("calibration.rule", {
            gold: rule.gold,
            number: rule.number ?? "–",
            size: count(rule.exam.size),
            limit: count(rule.limit),
            floor: percent(rule.exam.floor),
            items: count(rule.items),
            days: count(rule.days),
            hidden: percent(rule.hidden),
          })}{" "}
          {rule.probes.share > 0 && t("calibration.probes_rule", { share: percent(rule.probes.share) })}
        </p>
      )}
      {page.data && (rule || page.data.people.length > 0) && (
        <>
          <h2>{t("calibration.people")}</h2>
          <Table
            label={t("calibration.people")}
            rows={page.data.people}
            columns={columns((person, what) => {
              setAgain(false)
              setDoing({ person, what })
            })}
            keyOf={({ actor_id }) => actor_id}
            empty={
              <Empty title={t("calibration.people_none")} because={t("calibration.people_none_because")} />
            }
          />
          <dl className="facts">
            <div>
              <dt>{t("calibration.overturned")}</dt>
              <dd>
                <MeasuredCell measured={page.data.overturned} share />
              </dd>
            </div>
          </dl>
        </>
      )}
      {rule && <GoldHealth programme={programme} name={rule.gold} />}
      {doing && (
        <Reason
          title={t(`calibration.${doing.what}_title`, { name: doing.person.name })}
          how={t("calibration.lift_how")}
          act={t(`calibration.${doing.what}`)}
          close={() => setDoing(null)}
          run={run}
        >
          {doing.what === "lift" && (
            <label className="row">
              <input type="checkbox" checked={again} onChange={(event) => setAgain(event.target.checked)} />
              {t("calibration.again")}
            </label>
          )}
        </Reason>
      )}
    </Page>
  )
}

const columns = (act: (person: Person, what: Doing["what"]) => void): Column<Person>[] => [
  {
    key: "name",
    title: t("calibration.person"),
    by: ({ name }) => name,
    cell: ({ name }) => <b>{name}</b>,
  },
  {
    key: "state",
    title: t("calibration.state"),
    by: ({ state }) => state,
    cell: ({ state }) => <StandingStatus state={state} />,
  },
  { key: "exam", title: t("calibration.exam"), cell: ({ exam }) => <MeasuredCell measured={exam} share /> },
  {
    key: "hidden",
    title: t("calibration.hidden"),
    cell: ({ hidden }) => <MeasuredCell measured={hidden} share />,
  },
  {
    key: "probes",
    title: t("calibration.probes"),
    cell: ({ probes }) => <MeasuredCell measured={probes} share />,
  },
  {
    key: "training",
    title: t("calibration.training"),
    cell: ({ training }) =>
      training.n === 0
        ? "–"
        : t("calibration.training_of", { right: count(training.right), n: count(training.n) }),
  },
  {
    key: "why",
    title: t("calibration.why"),
    wide: true,
    cell: ({ because, contested }) => (
      <>
        {because}
        {contested !== null && <small>{t("calibration.contested", { because: contested })}</small>}
      </>
    ),
  },
  {
    key: "act",
    title: t("table.act"),
    cell: (person) =>
      (person.state === "paused" || person.state === "undecided") && (
        <span className="row">
          <button type="button" className="btn small" onClick={() => act(person, "lift")}>
            {t("calibration.lift")}
          </button>
          {person.contested !== null && (
            <button type="button" className="btn small" onClick={() => act(person, "uphold")}>
              {t("calibration.uphold")}
            </button>
          )}
        </span>
      ),
  },
]
