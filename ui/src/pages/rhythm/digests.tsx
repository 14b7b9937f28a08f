import "@/styles/rhythm.css"
import { IconRefresh } from "@tabler/icons-react"
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { address, get, post, Refusal } from "@/api/http"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { moment, money, relative } from "@/lib/format"
import { Empty } from "@/parts/empty"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import type { Digest, Digests } from "./types"

/** What each week changed in a programme, the newest first. */
export default function DigestsRoom() {
  const { programme = "" } = useParams({ strict: false }) as { programme?: string }
  const path = `/programmes/${encodeURIComponent(programme)}/digests`
  const queries = useQueryClient()
  const list = useInfiniteQuery({
    queryKey: ["digests", programme],
    queryFn: ({ pageParam }) => get<Digests>(path, pageParam ? { after: pageParam } : {}),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 30_000,
  })
  const rows = list.data?.pages.flatMap((page) => page.rows)
  const look = () =>
    post(path)
      .then(() => tell(t("digests.looking")))
      .catch((refusal: unknown) => tell(refusal instanceof Refusal ? refusal.sentence : String(refusal)))
      .finally(() => void queries.invalidateQueries({ queryKey: ["digests", programme] }))
  return (
    <Page
      crumbs={[
        { text: t("place.programmes"), to: "/" },
        { text: programme, to: `/p/${programme}` },
        { text: t("digests.title") },
      ]}
      actions={
        <>
          <a className="btn quiet" href={address(path, { format: "csv" })} download>
            CSV
          </a>
          <button type="button" className="btn" onClick={() => void look()}>
            <IconRefresh size={16} aria-hidden /> {t("digests.look")}
          </button>
        </>
      }
    >
      <h1>
        {t("digests.title")}
        <small className="dim">{t("digests.about")}</small>
      </h1>
      {list.error && <Problem error={list.error} retry={() => void list.refetch()} />}
      {rows?.length === 0 && <Empty title={t("digests.none")} because={t("digests.none_because")} />}
      {rows?.map((one) => (
        <Week key={one.id} digest={one} />
      ))}
      {list.hasNextPage && (
        <button type="button" className="btn" onClick={() => void list.fetchNextPage()}>
          {t("digests.older")}
        </button>
      )}
    </Page>
  )
}

interface Told {
  readonly key: string
  readonly text: string
  readonly because?: string | null
  readonly href?: string
}

/** A digest in lines: what happened, why, and where. */
function told({ doc }: Digest): Told[] {
  const { budget } = doc
  return [
    ...doc.verdicts.map(({ batch, outcome, items, at, href }) => ({
      key: `v${batch}${at}`,
      text: t("digests.verdict", { batch, outcome, count: items }),
      href,
    })),
    ...doc.releases.map(({ name, number, step, because, href }) => ({
      key: `r${name}${number}${step}`,
      text: t(`digests.release.${step}`, { name, number }),
      because,
      href,
    })),
    ...doc.briefs.map(({ title, step, because, at, href }) => ({
      key: `b${href}${at}`,
      text: t(`digests.brief.${step}`, { title }),
      because,
      href,
    })),
    ...doc.promises.map(({ term, after, because, href }) => ({
      key: `p${term}`,
      text: t("digests.promise", { term, after: after ?? "" }),
      because,
      href,
    })),
    ...(budget.week === null
      ? []
      : [{ key: "week", text: t("digests.cost", { amount: money(budget.week, budget.currency) }) }]),
    ...doc.lapsed.map(({ title, due_at, accountable }) => ({
      key: `l${title}${due_at}`,
      text: t("digests.lapse", { title }),
      because: `${relative(due_at)}, ${accountable}`,
    })),
    ...doc.unhealthy.map(({ key, about, because, href }) => ({
      key: `h${key}`,
      text: t("digests.unhealthy", { about }),
      because,
      href,
    })),
  ]
}

function Week({ digest }: { digest: Digest }) {
  const { id, first_day, last_day, informed, made_at } = digest
  const lines = told(digest)
  return (
    <article className="card digest" aria-labelledby={id}>
      <h2 id={id}>{t("digests.week", { from: first_day, to: last_day })}</h2>
      <small className="dim">
        {[
          informed.length > 0 && t("digests.for", { people: informed.join(", ") }),
          t("digests.made", { when: moment(made_at) }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </small>
      {lines.length === 0 && <p className="dim">{t("digests.quiet")}</p>}
      <ul>
        {lines.map(({ key, text, because, href }) => (
          <li key={key}>
            {href ? <Link to={href}>{text}</Link> : text}
            {because && <small className="dim clip-2">{because}</small>}
          </li>
        ))}
      </ul>
    </article>
  )
}
