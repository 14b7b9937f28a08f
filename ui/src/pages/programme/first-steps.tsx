import { IconCircleCheck, IconCircleDashed } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { get } from "@/api/http"
import type { ProgrammePage, Release, Rows } from "@/api/nouns"
import { t } from "@/app/i18n"

interface Props {
  readonly page: ProgrammePage
  readonly startImport: (() => void) | undefined
  readonly route: (() => void) | undefined
}

interface Step {
  readonly key: "import" | "people" | "route" | "work" | "gate" | "release"
  readonly done: boolean
  readonly act: ReactNode
}

/** The way from an empty programme to its first release: what is done, and the one thing to do next. Gone with the release. */
export function FirstSteps({ page, startImport, route }: Props) {
  const { programme, policy } = page
  const people = [...page.people, ...page.invited]
  const releases = useQuery({
    queryKey: ["rows", "first release", programme.id],
    queryFn: () => get<Rows<Release>>(`/programmes/${programme.id}/releases`, { limit: 1 }),
  })
  if (!releases.data || releases.data.rows.length > 0) return null
  const gated = Boolean((policy.batches as { gate?: string | null } | undefined)?.gate)
  const to = (tab: string, words: string) => (
    <Link className="btn small" to="." search={{ tab }}>
      {words}
    </Link>
  )
  const button = (words: string, run: (() => void) | undefined) =>
    run ? (
      <button type="button" className="btn small" onClick={run}>
        {words}
      </button>
    ) : null
  const steps: Step[] = [
    {
      key: "import",
      done: programme.items + programme.unrouted > 0,
      act: button(t("import.title"), startImport),
    },
    {
      key: "people",
      done: people.some(({ role, tiers }) => role === "annotator" && tiers.length > 0),
      act: to("people", t("programme.tab.people")),
    },
    { key: "route", done: programme.items > 0, act: button(t("programme.route"), route) },
    {
      key: "work",
      done: programme.items > 0 && programme.decided === programme.items,
      act: (
        <Link className="btn small" to="/work" search={{ programme: programme.id }}>
          {t("place.work")}
        </Link>
      ),
    },
    ...(gated
      ? [
          {
            key: "gate",
            done: programme.gate === "pass" || programme.gate === "waived",
            act: to("batches", t("programme.tab.batches")),
          } as const,
        ]
      : []),
    { key: "release", done: false, act: to("batches", t("programme.tab.batches")) },
  ]
  const next = steps.find(({ done }) => !done)
  return (
    <section className="card first-steps" aria-labelledby="first-steps">
      <h2 id="first-steps">{t("first.title")}</h2>
      <ol>
        {steps.map((step) => (
          <li
            key={step.key}
            className={step.done ? "done" : step === next ? "next" : ""}
            aria-current={step === next ? "step" : undefined}
          >
            {step.done ? (
              <IconCircleCheck size={17} role="img" aria-label={t("first.done")} />
            ) : (
              <IconCircleDashed size={17} aria-hidden />
            )}
            <b>{t(`first.${step.key}`)}</b>
            <small>{t(`first.${step.key}_why`)}</small>
            {step === next && step.act}
          </li>
        ))}
      </ol>
    </section>
  )
}
