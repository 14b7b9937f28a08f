import { IconChecks, IconPencil, IconScale } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { type OpenQueue, QUEUES } from "@/api/nouns"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { count } from "@/lib/format"
import ContentChoices from "@/parts/content-choices"
import DevicesToState from "@/parts/devices"
import { Empty } from "@/parts/empty"
import { Key } from "@/parts/key"
import { Problem } from "@/parts/problem"
import TermsToAccept from "@/parts/terms"
import { AnswersChip } from "./answers-chip"
import { openQueues } from "./open-queues"

const ICONS = { verify: IconChecks, annotate: IconPencil, review: IconScale }

/** What a person may work on, with how much of it there is. Digits start a queue. */
export function QueuePicker() {
  const go = useNavigate()
  const queues = useQuery(openQueues)
  const lanes = merged(queues.data?.rows ?? [])
  const start = ({ programme_id, queue }: OpenQueue) =>
    void go({ to: "/work", search: { programme: programme_id, queue } })
  useCommands(
    lanes.slice(0, 9).map((lane, at) => ({
      id: `queue.${at}`,
      title: t("work.start", { programme: lane.programme, queue: t(`queue.${lane.queue}`) }),
      keys: [String(at + 1)],
      scope: "work",
      run: () => start(lane),
    })),
  )
  return (
    <Page crumbs={[{ text: t("place.work") }]} actions={<AnswersChip />}>
      <h1>{t("work.pick")}</h1>
      <TermsToAccept done={() => void queues.refetch()} />
      <DevicesToState done={() => void queues.refetch()} />
      <ContentChoices done={() => void queues.refetch()} />
      {queues.error && <Problem error={queues.error} retry={() => void queues.refetch()} />}
      {queues.data && lanes.length === 0 && (
        <Empty title={t("work.empty")} because={t("work.none_for_you")}>
          <Link className="btn" to="/">
            {t("place.programmes")}
          </Link>
        </Empty>
      )}
      {[...Map.groupBy(lanes, ({ programme }) => programme)].map(([programme, own]) => (
        <section key={programme} className="lanes-of" aria-label={programme}>
          <h2>{programme}</h2>
          <div className="lanes">
            {own.map((lane) => (
              <Lane key={lane.queue} lane={lane} at={lanes.indexOf(lane)} />
            ))}
          </div>
        </section>
      ))}
    </Page>
  )
}

function Lane({ lane, at }: { lane: OpenQueue; at: number }) {
  const Icon = ICONS[lane.queue]
  return (
    <Link to="/work" search={{ programme: lane.programme_id, queue: lane.queue }} className="lane">
      <Icon size={22} stroke={1.6} aria-hidden />
      <span>
        <b>{t(`queue.${lane.queue}`)}</b>
        <small>{t(`queue.what.${lane.queue}`)}</small>
      </span>
      <span className="lane-count num">
        {count(lane.open)} <small>{t("work.open")}</small>
      </span>
      {at < 9 && <Key of={`queue.${at}`} />}
    </Link>
  )
}

/** One lane for each programme and queue: which tier an item needs is the server's business. */
function merged(rows: readonly OpenQueue[]): OpenQueue[] {
  const groups = Map.groupBy(rows, ({ programme_id, queue }) => `${programme_id}.${queue}`)
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group
      return first ? [{ ...first, open: group.reduce((sum, { open }) => sum + open, 0) }] : []
    })
    .filter(({ open }) => open > 0)
    .sort(
      (a, b) => a.programme.localeCompare(b.programme) || QUEUES.indexOf(a.queue) - QUEUES.indexOf(b.queue),
    )
}
