import type { QueryClient } from "@tanstack/react-query"
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router"
import type { ComponentType } from "react"
import { Refusal, signedOut } from "./api/http"
import { meQuery, onlyLabels, onlyReport } from "./api/session"
import { type Catalogue, learn, t } from "./app/i18n"
import { Shell } from "./app/shell"
import { Empty } from "./parts/empty"
import { Problem } from "./parts/problem"

type Page = () => Promise<{ default: ComponentType }>

/** A page after its words: headings of tables are said when a page is read in. */
const spoken = (page: Page, ...words: readonly Catalogue[]) =>
  lazyRouteComponent(() => learn(...words).then(page))

/** Filters live in the URL: any key, any text. */
const anySearch = (search: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(search).map(([key, value]) => [key, String(value)]))

export function makeRouter(queries: QueryClient) {
  const root = createRootRoute({
    component: Outlet,
    notFoundComponent: () => <Empty title={t("lost.title")} because={t("lost.because")} />,
  })
  const door = <P extends string>(path: P, page: Page) =>
    createRoute({ getParentRoute: () => root, path, component: spoken(page, "pages") })
  const house = createRoute({
    getParentRoute: () => root,
    id: "house",
    component: Shell,
    beforeLoad: async ({ location }) => {
      try {
        const me = await queries.ensureQueryData(meQuery)
        if (location.pathname === "/" && onlyLabels(me)) throw redirect({ to: "/work" })
        const mine = location.pathname === "/" && onlyReport(me)
        if (mine) throw redirect({ to: "/p/$programme/report", params: { programme: mine } })
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        // Somebody who was never in on this page goes to the door; the dialog is for those who were.
        signedOut.set(false)
        if (error.status === 401) throw redirect({ to: "/signin" })
        throw error
      }
    },
  })
  const room = <P extends string>(path: P, page: Page, ...words: readonly Catalogue[]) =>
    createRoute({
      getParentRoute: () => house,
      path,
      validateSearch: anySearch,
      component: spoken(page, "desk", ...words),
    })
  const tree = root.addChildren([
    door("/signin", () => import("./pages/sign-in")),
    door("/setup", () => import("./pages/set-up")),
    door("/invitation/$token", () => import("./pages/invitation")),
    house.addChildren([
      room("/", () => import("./pages/programmes"), "pages"),
      room("/new", () => import("./pages/new-programme"), "pages"),
      room("/projects", () => import("./pages/projects/bring-in"), "pages", "projects"),
      room("/archives", () => import("./pages/archives/open"), "pages", "projects", "archives"),
      room("/p/$programme/archive", () => import("./pages/archives/leave"), "pages", "archives"),
      room("/work", () => import("./work/workbench")),
      room("/me", () => import("./pages/me"), "pages"),
      room("/p/$programme/questions", () => import("./pages/questions"), "pages"),
      room("/p/$programme", () => import("./pages/programme"), "pages", "people"),
      room("/p/$programme/people/$actor", () => import("./pages/person-report"), "pages"),
      room("/me/report", () => import("./pages/person-report"), "pages"),
      room("/j/$judgement", () => import("./pages/trace"), "pages"),
      room("/v/$version", () => import("./pages/version"), "pages"),
      room("/b/$batch", () => import("./pages/batch"), "pages", "sla"),
      room("/b/$batch/gate", () => import("./pages/quality/gate"), "pages"),
      room("/p/$programme/quality", () => import("./pages/quality/programme"), "pages"),
      room("/p/$programme/calibration", () => import("./pages/calibration/programme"), "pages"),
      room("/p/$programme/confidence", () => import("./pages/confidence/programme"), "pages", "confidence"),
      room("/p/$programme/protection", () => import("./pages/protection"), "pages"),
      room("/p/$programme/sla", () => import("./pages/quality/sla"), "pages", "sla"),
      room("/p/$programme/report", () => import("./pages/quality/client-report"), "pages", "sla"),
      room("/p/$programme/briefs", () => import("./pages/briefs/board"), "pages", "briefs"),
      room("/brief/$brief", () => import("./pages/briefs/brief"), "pages", "briefs"),
      room("/p/$programme/calendar", () => import("./pages/rhythm/calendar"), "pages", "rhythm"),
      room("/p/$programme/health", () => import("./pages/rhythm/health"), "pages", "rhythm"),
      room("/p/$programme/coverage", () => import("./pages/rhythm/coverage"), "pages", "rhythm"),
      room("/p/$programme/digests", () => import("./pages/rhythm/digests"), "pages", "rhythm"),
      room("/me/calendar", () => import("./pages/rhythm/calendar"), "pages", "rhythm"),
      room("/p/$programme/raci", () => import("./pages/briefs/raci"), "pages", "briefs"),
      room("/p/$programme/anchoring", () => import("./pages/anchoring/anchoring"), "pages", "anchoring"),
      room("/p/$programme/accuracy", () => import("./pages/anchoring/accuracy"), "pages", "anchoring"),
      room("/p/$programme/economics", () => import("./pages/anchoring/economics"), "pages", "anchoring"),
      room("/p/$programme/human-only", () => import("./pages/human-only/programme"), "pages", "anchoring"),
      room("/p/$programme/plan", () => import("./pages/plan/programme"), "pages", "plan"),
      room("/p/$programme/statement", () => import("./pages/statement/programme"), "pages", "statement"),
      room("/me/statements", () => import("./pages/statement/mine"), "pages", "statement"),
      room("/p/$programme/models", () => import("./pages/models/programme"), "pages", "models"),
      room("/p/$programme/lineage", () => import("./pages/lineage/programme"), "pages", "lineage"),
      room("/p/$programme/sources", () => import("./pages/sources/programme"), "pages", "sources"),
      room("/runs/$run", () => import("./pages/lineage/run"), "pages", "lineage"),
      room("/releases/$release/changes", () => import("./pages/lineage/changes"), "pages", "lineage"),
      room("/i/$item", () => import("./pages/item"), "pages"),
      room("/people", () => import("./pages/people"), "pages", "people"),
      room("/people/$actor", () => import("./pages/people/person"), "pages", "people"),
      room("/settings", () => import("./pages/settings"), "pages"),
    ]),
  ])
  return createRouter({
    routeTree: tree,
    defaultPreload: "intent",
    defaultErrorComponent: ({ error, reset }) => <Problem error={error} retry={reset} />,
    scrollRestoration: false,
  })
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
