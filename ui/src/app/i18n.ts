import i18next, { type TFunction } from "i18next"
import type anchoring from "@/i18n/anchoring.json"
import type archives from "@/i18n/archives.json"
import type briefs from "@/i18n/briefs.json"
import type calibration from "@/i18n/calibration.json"
import type confidence from "@/i18n/confidence.json"
import type desk from "@/i18n/desk.json"
import type humanOnly from "@/i18n/human-only.json"
import type lineage from "@/i18n/lineage.json"
import type managers from "@/i18n/managers.json"
import type models from "@/i18n/models.json"
import type pages from "@/i18n/pages.json"
import type people from "@/i18n/people.json"
import type plan from "@/i18n/plan.json"
import type probes from "@/i18n/probes.json"
import type projects from "@/i18n/projects.json"
import type protection from "@/i18n/protection.json"
import type rhythm from "@/i18n/rhythm.json"
import shell from "@/i18n/shell.json"
import type sla from "@/i18n/sla.json"
import type sources from "@/i18n/sources.json"
import type statement from "@/i18n/statement.json"
import type workspace from "@/i18n/workspace.json"

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation"
    resources: {
      translation: typeof shell &
        typeof desk &
        typeof managers &
        typeof pages &
        typeof calibration &
        typeof protection &
        typeof anchoring &
        typeof archives &
        typeof probes &
        typeof humanOnly &
        typeof sla &
        typeof lineage &
        typeof people &
        typeof briefs &
        typeof confidence &
        typeof models &
        typeof projects &
        typeof sources &
        typeof plan &
        typeof statement &
        typeof rhythm &
        typeof workspace
    }
  }
}

void i18next.init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: { translation: shell } },
  interpolation: { escapeValue: false },
  initAsync: false,
})

const said = new Map<string, string>()
const find = i18next.t as unknown as (key: string, blanks?: object) => string

/** The words for a key. Those without blanks to fill are kept: a page says hundreds of them for every key pressed. */
export const t = ((key: string, blanks?: object): string => {
  if (blanks) return find(key, blanks)
  const known = said.get(key) ?? find(key)
  said.set(key, known)
  return known
}) as unknown as TFunction

export type Catalogue =
  | "desk"
  | "pages"
  | "sla"
  | "lineage"
  | "briefs"
  | "anchoring"
  | "archives"
  | "confidence"
  | "models"
  | "people"
  | "projects"
  | "rhythm"
  | "sources"
  | "plan"
  | "statement"

/** Words that come with the places that say them; the shell's own are always there. */
const CATALOGUES: Record<Catalogue, readonly (() => Promise<{ default: object }>)[]> = {
  desk: [
    () => import("@/i18n/desk.json"),
    () => import("@/i18n/calibration.json"),
    () => import("@/i18n/protection.json"),
    () => import("@/i18n/workspace.json"),
  ],
  pages: [() => import("@/i18n/managers.json"), () => import("@/i18n/pages.json")],
  sla: [() => import("@/i18n/sla.json")],
  anchoring: [
    () => import("@/i18n/anchoring.json"),
    () => import("@/i18n/probes.json"),
    () => import("@/i18n/human-only.json"),
  ],
  confidence: [() => import("@/i18n/confidence.json")],
  models: [() => import("@/i18n/models.json")],
  projects: [() => import("@/i18n/projects.json")],
  archives: [() => import("@/i18n/archives.json")],
  lineage: [() => import("@/i18n/lineage.json")],
  sources: [() => import("@/i18n/sources.json")],
  briefs: [() => import("@/i18n/briefs.json")],
  people: [() => import("@/i18n/people.json")],
  plan: [() => import("@/i18n/plan.json")],
  statement: [() => import("@/i18n/statement.json")],
  rhythm: [() => import("@/i18n/rhythm.json")],
}

/** Fetches the words of a place; those that are here already are not fetched again. */
export async function learn(...names: readonly Catalogue[]): Promise<void> {
  const found = await Promise.all(names.flatMap((name) => CATALOGUES[name]).map((fetch) => fetch()))
  said.clear()
  for (const words of found) i18next.addResourceBundle("en", "translation", words.default, true, true)
}
