import { t } from "@/app/i18n"
import { count, decimal, moment, money } from "@/lib/format"
import { Status, type Tone } from "@/parts/status"
import type { Column } from "@/parts/table"
import type { Version } from "./types"

export interface Doing {
  readonly what: "train" | "preview" | "run" | "compare" | "promote"
  readonly version: Version | null
}

const TONES: Record<Version["state"], Tone> = {
  promoted: "ok",
  shadow: "accent",
  candidate: "warn",
  retired: "dim",
}

/** What a cost is, in its currency where it names one; a fraction of a cent is not nothing. */
export function costOf(cost: number | null, currency: string | null): string {
  if (cost === null) return t("versions.cost_unknown")
  if (currency === null) return decimal(cost)
  return cost > 0 && cost < 1 ? `${currency} ${decimal(cost / 100, 4)}` : money(cost, currency)
}

export const columns = (declared: boolean, act: (doing: Doing) => void): Column<Version>[] => [
  {
    key: "version",
    title: t("versions.version"),
    by: ({ version }) => version,
    cell: ({ version, fingerprint }) => (
      <>
        <b>{version}</b> <small className="dim num">{fingerprint.slice(0, 12)}</small>
      </>
    ),
  },
  {
    key: "state",
    title: t("versions.state"),
    by: ({ state }) => state,
    cell: ({ state }) => <Status tone={TONES[state]}>{t(`versions.states.${state}`)}</Status>,
  },
  {
    key: "from",
    title: t("versions.trained"),
    cell: ({ trained_on, connected }) => (trained_on ? learnt(trained_on) : connected),
  },
  {
    key: "coverage",
    title: t("versions.coverage"),
    by: ({ judgements }) => judgements,
    number: true,
    cell: ({ judgements, items }) => t("versions.coverage_of", { n: count(judgements), items: count(items) }),
  },
  {
    key: "cost",
    title: t("versions.cost"),
    by: ({ use }) => use.cost,
    cell: ({ use }) =>
      use.requests === 0
        ? "–"
        : t("versions.cost_of", {
            cost: costOf(use.cost, use.currency),
            requests: count(use.requests),
          }),
  },
  {
    key: "why",
    title: t("versions.because"),
    wide: true,
    cell: ({ promoted_at, promoted_by, promoted_because }) => {
      if (promoted_at === null) return "–"
      const said = { when: moment(promoted_at), because: promoted_because }
      return promoted_by === null
        ? t("versions.promoted_first", said)
        : t("versions.promoted", { ...said, by: promoted_by })
    },
  },
  {
    key: "act",
    title: t("table.act"),
    cell: (version) =>
      declared && (
        <span className="row">
          {(["preview", "run", "compare", "promote"] as const)
            .filter((what) => version.state !== "promoted" || what === "preview" || what === "run")
            .filter((what) => what !== "run" || version.judgements < version.items)
            .map((what) => (
              <button key={what} type="button" className="btn small" onClick={() => act({ what, version })}>
                {t(
                  what === "run" && version.state !== "promoted" ? "versions.run_shadow" : `versions.${what}`,
                )}
              </button>
            ))}
        </span>
      ),
  },
]

function learnt({ rows, learn_from, release }: NonNullable<Version["trained_on"]>): string {
  const source = release ? `${release.name} ${release.number}` : t(`versions.from.${learn_from}`)
  return t("versions.trained_of", { rows: count(rows), source })
}
