import { useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { post } from "@/api/http"
import { signIn, useMe } from "@/api/session"
import { ChangeKey, type Named } from "@/app/change-key"
import { remaps, singleKeys, useCommandList } from "@/app/commands"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { reading } from "@/app/reading"
import { type Scheme, scheme } from "@/app/theme"
import { useStore } from "@/lib/store"
import { tell } from "@/parts/notice"
import { Problem } from "@/parts/problem"
import { Secret } from "@/parts/text-field"
import AirGapCard from "./air-gap"
import { meet, REMAPPABLE } from "./remappable"
import { Tokens } from "./tokens"

const SCHEMES: readonly Scheme[] = ["auto", "light", "dark"]

export default function Settings() {
  const me = useMe()
  return (
    <Page crumbs={[{ text: t("place.settings") }]}>
      <h1>{t("place.settings")}</h1>
      <ReadingCard />
      <Keys />
      <Password />
      <Tokens />
      {me.data?.owner && <AirGapCard />}
    </Page>
  )
}

function Look() {
  const now = useStore(scheme)
  return (
    <fieldset className="field inline">
      <legend>{t("settings.look")}</legend>
      {SCHEMES.map((one) => (
        <label key={one} className="check">
          <input type="radio" name="scheme" checked={now === one} onChange={() => scheme.set(one)} />
          {t(`scheme.${one}`)}
        </label>
      ))}
    </fieldset>
  )
}

const CHOICES = [
  [
    "size",
    t("access.size"),
    [
      ["normal", t("access.normal")],
      ["larger", t("access.larger")],
      ["largest", t("access.largest")],
    ],
  ],
  [
    "lines",
    t("access.lines"),
    [
      ["normal", t("access.normal")],
      ["wide", t("access.wide")],
    ],
  ],
  [
    "panel",
    t("access.panel"),
    [
      ["normal", t("access.normal")],
      ["broad", t("access.broad")],
    ],
  ],
  [
    "rows",
    t("access.rows"),
    [
      ["normal", t("access.normal")],
      ["close", t("access.close")],
    ],
  ],
  [
    "motion",
    t("access.motion"),
    [
      ["system", t("access.motion_system")],
      ["less", t("access.less_motion")],
    ],
  ],
] as const

function ReadingCard() {
  const now = useStore(reading)
  return (
    <section className="card" aria-label={t("access.title")}>
      <h2>{t("access.title")}</h2>
      <Look />
      {CHOICES.map(([key, title, choices]) => (
        <fieldset key={key} className="field inline">
          <legend>{title}</legend>
          {choices.map(([value, name]) => (
            <label key={value} className="check">
              <input
                type="radio"
                name={`reading-${key}`}
                checked={now[key] === value}
                onChange={() => reading.set((before) => ({ ...before, [key]: value }))}
              />
              {name}
            </label>
          ))}
        </fieldset>
      ))}
    </section>
  )
}

/** WCAG 2.1.4: every key can be changed, and single keys switched off altogether. */
function Keys() {
  const single = useStore(singleKeys)
  const here = useCommandList()
  const changed = useStore(remaps)
  const known = REMAPPABLE.filter(({ id }) => !here.some((command) => command.id === id))
  const all = [...known, ...here.filter(({ quiet }) => !quiet)]
  return (
    <section className="card keys" aria-label={t("settings.keys")}>
      <h2>{t("settings.keys")}</h2>
      <label className="check">
        <input type="checkbox" checked={single} onChange={(event) => singleKeys.set(event.target.checked)} />
        {t("settings.single_keys")}
      </label>
      <p className="dim">{t("settings.keys_hint")}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("settings.action")}</th>
            <th scope="col">{t("settings.key")}</th>
            <th scope="col">
              <span className="sr-only">{t("settings.off")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {all.map((command) => (
            <KeyRow
              key={command.id}
              command={command}
              among={all.filter(({ id }) => meet(id, command.id))}
              changed={command.id in changed}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface KeyProps {
  readonly command: Named
  readonly among: readonly Named[]
  readonly changed: boolean
}

function KeyRow({ command, among, changed }: KeyProps) {
  const reset = () =>
    remaps.set((now) => Object.fromEntries(Object.entries(now).filter(([id]) => id !== command.id)))
  return (
    <tr>
      <td>{command.title}</td>
      <td>
        <ChangeKey command={command} among={among} />
      </td>
      <td>
        <div className="row">
          <button
            type="button"
            className="btn small quiet"
            aria-label={t("settings.off_of", { title: command.title })}
            onClick={() => remaps.set((now) => ({ ...now, [command.id]: [] }))}
          >
            {t("settings.off")}
          </button>
          {changed && (
            <button
              type="button"
              className="btn small quiet"
              aria-label={t("settings.reset_of", { title: command.title })}
              onClick={reset}
            >
              {t("settings.reset")}
            </button>
          )}
        </div>
      </td>
    </tr>
  )
}

function Password() {
  const { data: me } = useMe()
  const queries = useQueryClient()
  const [old, setOld] = useState("")
  const [fresh, setFresh] = useState("")
  const [error, setError] = useState<unknown>(null)
  const change = async () => {
    setError(null)
    try {
      await post("/me/password", { old, new: fresh })
      // A changed password ends every session, this one too.
      if (me) queries.setQueryData(["me"], await signIn(me.account, fresh))
      setOld("")
      setFresh("")
      tell(t("settings.password_changed"))
    } catch (refusal) {
      setError(refusal)
    }
  }
  return (
    <form
      className="card form"
      onSubmit={(event) => {
        event.preventDefault()
        void change()
      }}
    >
      <h2>{t("settings.password")}</h2>
      <Secret label={t("settings.old")} value={old} onChange={setOld} autoComplete="current-password" />
      <Secret
        label={t("settings.new")}
        description={t("signin.password_rule")}
        value={fresh}
        onChange={setFresh}
        autoComplete="new-password"
      />
      {error !== null && <Problem error={error} />}
      <button type="submit" className="btn">
        {t("settings.change_password")}
      </button>
    </form>
  )
}
