import { queryOptions, useQuery } from "@tanstack/react-query"
import { t } from "@/app/i18n"
import { del, get, post, Refusal, setCsrf, signedOut } from "./http"
import type { Me } from "./nouns"

export interface State {
  version: string
  needs_setup: boolean
  demo?: boolean
  /** What the button of single sign-on says; null where none is configured. */
  sso: string | null
  /** Who is signed in; null where nobody is. */
  me: Me | null
}

const admitted = (me: Me): Me => {
  setCsrf(me.csrf)
  signedOut.set(false)
  return me
}

export const stateQuery = queryOptions({ queryKey: ["state"], queryFn: () => get<State>("/state") })

export const meQuery = queryOptions({
  queryKey: ["me"],
  // Asked of a door that is open to everybody: a refusal would stand on the console of whoever comes first.
  queryFn: async ({ client }) => {
    const state = await get<State>("/state")
    client.setQueryData(stateQuery.queryKey, state)
    if (state.me) return admitted(state.me)
    signedOut.set(true)
    throw new Refusal(401, "unauthenticated", t("signin.nobody"))
  },
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
})

export const useMe = () => useQuery(meQuery)

export const signIn = async (name: string, password: string) =>
  admitted(await post<Me>("/session", { name, password }))

export const signOut = () => del<void>("/session")

export const setUp = async (form: Record<string, string>) => admitted(await post<Me>("/setup", form))

export const acceptInvitation = async (token: string, password: string) =>
  admitted(await post<Me>(`/invitations/${encodeURIComponent(token)}`, { password }))

/** Roles that decide rather than label. */
const DECIDING = new Set(["owner", "manager", "expert", "engineer", "procurement", "client", "auditor"])

const STAFFING = new Set(["owner", "manager"])

/** True where the person only ever labels: their home is the workbench. */
export const onlyLabels = (me: Me): boolean => !me.owner && !me.roles.some(({ role }) => DECIDING.has(role))

/** Roles that take work and answer it. */
const WORKING = new Set(["owner", "manager", "expert", "annotator"])

/** True where some programme may hand the person work; owning the installation alone hands out none. */
export const works = (me: Me): boolean => me.roles.some(({ role }) => WORKING.has(role))

/** True where the person gives others their places: theirs is the list of people. */
export const staffs = (me: Me): boolean => me.owner || me.roles.some(({ role }) => STAFFING.has(role))

/** The programme whose report is all that the person reads: a client's home. */
export const onlyReport = (me: Me): string | undefined =>
  !me.owner && me.roles.every(({ role }) => role === "client") ? me.roles[0]?.programme : undefined
