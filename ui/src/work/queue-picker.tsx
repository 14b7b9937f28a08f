import { IconArrowsShuffle, IconChecks, IconPencil, IconScale } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { useEffect, useRef } from "react"
import { type OpenQueue, QUEUES, type Queue } from "@/api/nouns"
import { onlyLabels, useMe, works } from "@/api/session"
import { useCommands } from "@/app/commands"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { digitKey } from "@/editors/labels"
import { count } from "@/lib/format"
import ContentChoices from "@/parts/content-choices"
import DevicesToState from "@/parts/devices"
import { Empty } from "@/parts/empty"
import { Key } from "@/parts/key"
import { Problem } from "@/parts/problem"
import TermsToAccept from "@/parts/terms"
import { AnswersChip } from "./answers-chip"
import { openQueues } from "./open-queues"

const ICONS = { verify: IconChecks, annotate: IconPencil, review: IconScale, any: IconArrowsShuffle }

/** Ten digits, and ten with Shift. */
const KEYS = 20

/** A queue of a programme, or all of them in the order in which they wait; what one holds is open, too. */
interface Offer extends Pick<OpenQueue, "programme_id" | "programme" | "open"> {
  readonly queue: Queue | "any"
}

const searchOf = ({ programme_id, queue }: Offer) =>
  queue === "any" ? { programme: programme_id } : { programme: programme_id, queue }

/** What a person may work on, with how much of it there is. Digits start the first twenty; J, K and Enter go to all. */
export function QueuePicker() {
  const go = useNavigate()
  const offers = useRef<HTMLDivElement>(null)
  const queues = useQuery(openQueues)
  const lanes = merged(queues.data?.rows ?? [])
  const step = (by: 1 | -1) => {
    const links = [...(offers.current?.querySelectorAll<HTMLElement>(".lane") ?? [])]
    const at = links.indexOf(document.activeElement as HTMLElement)
    links.at(at < 0 ? Math.min(0, by) : (at + by) % links.length)?.focus()
  }
  useCommands([
    ...lanes.slice(0, KEYS).map((lane, at) => ({
      id: `queue.${at}`,
      title: t("work.start", { programme: lane.programme, queue: t(`queue.${lane.queue}`) }),
      keys: [digitKey(at)],
      scope: "work" as const,
      run: () => void go({ to: "/work", search: searchOf(lane) }),
    })),
    {
      id: "queue.next",
      title: t("work.next_queue"),
      keys: ["j", "ArrowDown"],
      scope: "work",
      run: () => step(1),
    },
    {
      id: "queue.previous",
      title: t("work.previous_queue"),
      keys: ["k", "ArrowUp"],
      scope: "work",
      run: () => step(-1),
    },
  ])
  return (
    <Page crumbs={[{ text: t("place.work") }]} actions={<AnswersChip />}>
      <h1>{t("work.pick")}</h1>
      <TermsToAccept done={() => void queues.refetch()} />
      <DevicesToState done={() => void queues.refetch()} />
      <ContentChoices done={() => void queues.refetch()} />
      {queues.error && <Problem error={queues.error} retry={() => void queues.refetch()} />}
      {queues.isPending && (
        <div className="skeleton" role="status" aria-label={t("work.loading")}>
          <i />
          <i />
          <i />
        </div>
      )}
      {queues.data && lanes.length === 0 && <NoneForYou />}
      <div className="lanes" ref={offers}>
        {[...Map.groupBy(lanes, ({ programme }) => programme)].map(([programme, own]) => (
          <section key={programme} aria-label={programme}>
            <h2>{programme}</h2>
            {own.map((lane) => (
              <Lane key={lane.queue} lane={lane} at={lanes.indexOf(lane)} />
            ))}
          </section>
        ))}
      </div>
    </Page>
  )
}

function NoneForYou() {
  const { data: me } = useMe()
  const decides = me && !onlyLabels(me)
  const to = decides ? "/" : me && works(me) ? "/me" : undefined
  return (
    <Empty title={t("work.empty")} because={t("work.none_for_you")}>
      {to && (
        <Link className="btn" to={to}>
          {t(decides ? "place.programmes" : "work.own_page")}
        </Link>
      )}
    </Empty>
  )
}

/** For who has no place that hands out work: asked anew at every visit, for somebody may have given one meanwhile. */
export function NoPlace() {
  const { refetch } = useMe()
  useEffect(() => void refetch(), [refetch])
  return (
    <Page crumbs={[{ text: t("place.work") }]}>
      <h1>{t("work.pick")}</h1>
      <NoneForYou />
    </Page>
  )
}

function Lane({ lane, at }: { lane: Offer; at: number }) {
  const Icon = ICONS[lane.queue]
  return (
    <Link to="/work" search={searchOf(lane)} className="lane">
      <Icon size={22} stroke={1.6} aria-hidden />
      <span>
        <b>{t(`queue.${lane.queue}`)}</b>
        <small className="dim">{t(`queue.what.${lane.queue}`)}</small>
      </span>
      <span className="lane-count num">
        {count(lane.open)} <small>{t("work.open")}</small>
      </span>
      {at < KEYS && <Key of={`queue.${at}`} />}
    </Link>
  )
}

/**
 * One lane for each programme and queue: which tier an item needs is the server's business. Where several wait in a
 * programme, all of them together stand first: taken as it comes, work without its suggestion is spread over the day.
 */
export function merged(rows: readonly OpenQueue[]): Offer[] {
  const waiting = rows.filter(({ open, held }) => open + held > 0)
  const groups = Map.groupBy(waiting, ({ programme_id }) => programme_id)
  return [...groups.values()]
    .flatMap((group) => {
      const own = QUEUES.flatMap((queue) =>
        together(
          group.filter((one) => one.queue === queue),
          queue,
        ),
      )
      return own.length > 1 ? [...together(group, "any"), ...own] : own
    })
    .sort((a, b) => a.programme.localeCompare(b.programme))
}

const together = (rows: readonly OpenQueue[], queue: Offer["queue"]): Offer[] => {
  const [first] = rows
  if (!first) return []
  const { programme_id, programme } = first
  return [
    { programme_id, programme, queue, open: rows.reduce((sum, { open, held }) => sum + open + held, 0) },
  ]
}
