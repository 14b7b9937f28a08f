import {
  IconHelp,
  IconLayoutDashboard,
  IconLogout,
  IconMoon,
  IconPencilCheck,
  IconSettings,
  IconSun,
  IconUserCircle,
  IconUsers,
} from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { Link, Outlet, useNavigate } from "@tanstack/react-router"
import { Suspense, useEffect, useState } from "react"
import { signedOut } from "@/api/http"
import { onlyLabels, signOut, staffs, stateQuery, useMe } from "@/api/session"
import { part } from "@/lib/part"
import { useStore } from "@/lib/store"
import { Notices, tell } from "@/parts/notice"
import { startOutbox } from "@/work/outbox"
import { Bell } from "./bell"
import { useCommands } from "./commands"
import { t } from "./i18n"
import { pretty } from "./keys"
import { MissingLine } from "./missing-line"
import { scheme, shownScheme, toggleScheme } from "./theme"

const Palette = part(() => import("./palette"))
const CheatSheet = part(() => import("./cheat-sheet"))
const SignInAgain = part(() => import("./sign-in-again"))

/** `decides`: for people who decide; who only labels has no business there. */
const PLACES = [
  { to: "/", decides: true, key: "g p", text: t("place.programmes"), Icon: IconLayoutDashboard },
  { to: "/work", decides: false, key: "g w", text: t("place.work"), Icon: IconPencilCheck },
  { to: "/me", decides: false, key: "g m", text: t("me.place"), Icon: IconUserCircle },
  { to: "/people", decides: true, key: "g u", text: t("place.people"), Icon: IconUsers },
  { to: "/settings", decides: false, key: "g s", text: t("place.settings"), Icon: IconSettings },
] as const

/** The frame of every page behind the sign-in: rail, keys, palette, cheat sheet, and a way back in. */
export function Shell() {
  const go = useNavigate()
  const { data: me } = useMe()
  const [help, setHelp] = useState(false)
  const [palette, setPalette] = useState(false)
  const out = useStore(signedOut)
  // The places say their names to who goes about between them; for who labels all day, the item has the room. Either
  // way the rail is as wide on every page, so that nothing jumps.
  const labelled = !me || !onlyLabels(me)
  const actor = me?.actor.id
  useEffect(() => {
    if (actor) void startOutbox(actor)
  }, [actor])
  const leave = async () => {
    await signOut().catch(() => undefined)
    location.assign("/signin")
  }
  const places = PLACES.filter(
    ({ to, decides }) => !me || ((!decides || !onlyLabels(me)) && (to !== "/people" || staffs(me))),
  )
  useCommands([
    ...places.map(({ to, key, text }) => ({
      id: `go.${to}`,
      title: t("place.go", { place: text }),
      keys: [key],
      scope: "go" as const,
      run: () => void go({ to }),
    })),
    {
      id: "palette",
      title: t("palette.title"),
      keys: ["mod+k"],
      scope: "general",
      run: () => setPalette(true),
      always: true,
    },
    { id: "help", title: t("help.title"), keys: ["?"], scope: "general", run: () => setHelp(true) },
    {
      id: "scheme",
      title: t("scheme.toggle"),
      keys: ["mod+shift+l"],
      scope: "general",
      run: toggleScheme,
      always: true,
    },
    { id: "signout", title: t("signin.out"), keys: [], scope: "general", run: () => void leave() },
  ])
  return (
    <div className={labelled ? "app labelled" : "app"}>
      <a className="skip-link" href="#main">
        {t("place.skip")}
      </a>
      <Rail
        places={places}
        help={() => setHelp(true)}
        leave={() => void leave()}
        name={me?.actor.name ?? ""}
      />
      <div className="stage">
        <DemoLine />
        <MissingLine />
        <Outlet />
      </div>
      <Notices />
      <Suspense>
        {out && me && <SignInAgain me={me} tell={tell} />}
        {help && <CheatSheet close={() => setHelp(false)} />}
        {palette && <Palette close={() => setPalette(false)} />}
      </Suspense>
    </div>
  )
}

interface RailProps {
  readonly places: readonly (typeof PLACES)[number][]
  readonly help: () => void
  readonly leave: () => void
  readonly name: string
}

function Rail({ places, help, leave, name }: RailProps) {
  useStore(scheme)
  const Sky = shownScheme() === "dark" ? IconSun : IconMoon
  return (
    <nav className="rail" aria-label={t("place.main")}>
      <img className="logo" src="/icon.svg" alt="goldloop" width="28" height="28" />
      {places.map(({ to, key, text, Icon }) => (
        <Link
          key={to}
          to={to}
          title={`${text} (${pretty(key)})`}
          aria-label={text}
          activeOptions={{ exact: false }}
          activeProps={{ className: "active" }}
        >
          <Icon size={19} stroke={1.7} aria-hidden />
          <small aria-hidden>{text}</small>
        </Link>
      ))}
      <span className="grow" />
      <Bell />
      <button type="button" title={`${t("help.title")} (?)`} aria-label={t("help.title")} onClick={help}>
        <IconHelp size={19} stroke={1.7} aria-hidden />
      </button>
      <button type="button" title={t("scheme.toggle")} aria-label={t("scheme.toggle")} onClick={toggleScheme}>
        <Sky size={19} stroke={1.7} aria-hidden />
      </button>
      <button type="button" title={t("signin.out_of", { name })} aria-label={t("signin.out")} onClick={leave}>
        <IconLogout size={19} stroke={1.7} aria-hidden />
      </button>
    </nav>
  )
}

function DemoLine() {
  const { data } = useQuery(stateQuery)
  return data?.demo ? (
    <aside className="demo-line" aria-label={t("demo.label")}>
      {t("demo.line")}
    </aside>
  ) : null
}
