import { IconPlus, IconUsers } from "@tabler/icons-react"
import { useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { address, del, post } from "@/api/http"
import type { Role } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Page } from "@/app/page"
import { moment } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Dialog } from "@/parts/dialog"
import { Empty } from "@/parts/empty"
import { tell } from "@/parts/notice"
import { useRows } from "@/parts/rows"
import { useOrder } from "@/parts/sorted"
import { type Column, Table } from "@/parts/table"
import { TextField } from "@/parts/text-field"
import { ROLES } from "./programme/members"

interface Person {
  id: string
  name: string
  display_name: string
  organisation: string | { name: string } | null
  employment: string | null
  tiers: number[] | null
  skills: string[] | null
  languages: string[] | null
  disabled_at: number | null
  invitation_ends_at: number | null
}

interface Organisation {
  id: string
  name: string
}

const COLUMNS: Column<Person>[] = [
  {
    key: "name",
    title: t("people.name"),
    sort: "name",
    wide: true,
    cell: ({ id, name, display_name, invitation_ends_at, disabled_at }) => (
      <>
        <Link to="/people/$actor" params={{ actor: id }}>
          <b>{display_name || name}</b>
        </Link>
        <small>{name}</small>
        {invitation_ends_at !== null && (
          <small>
            {t("person.invited", { when: moment(invitation_ends_at) })} <Revoke id={id} />
          </small>
        )}
        {disabled_at !== null && <small>{t("person.left", { when: moment(disabled_at) })}</small>}
      </>
    ),
  },
  {
    key: "organisation",
    title: t("people.organisation"),
    sort: "organisation",
    cell: ({ organisation }) =>
      typeof organisation === "string" ? organisation : (organisation?.name ?? "–"),
  },
  {
    key: "employment",
    title: t("people.employment"),
    sort: "employment",
    cell: ({ employment }) => employment ?? "–",
  },
  {
    key: "tiers",
    title: t("people.tiers"),
    sort: "tiers",
    cell: ({ tiers }) => tiers?.map((tier) => `T${tier}`).join(" ") || "–",
  },
  {
    key: "skills",
    title: t("people.skills"),
    sort: "skills",
    cell: ({ skills }) => skills?.join(", ") || "–",
  },
  {
    key: "languages",
    title: t("people.languages"),
    sort: "languages",
    cell: ({ languages }) => languages?.join(", ") || "–",
  },
]

function Revoke({ id }: { id: string }) {
  const queries = useQueryClient()
  const run = () =>
    del(`/people/${id}/invitation`)
      .then(() => tell(t("person.revoked")))
      .then(() => queries.invalidateQueries({ queryKey: ["rows", "/people"] }))
  return (
    <button type="button" className="btn small quiet" onClick={() => void run()}>
      {t("person.revoke")}
    </button>
  )
}

export default function People() {
  const order = useOrder(COLUMNS)
  const { rows, pages: _pages, ...list } = useRows<Person>("/people", order)
  const [adding, setAdding] = useState(false)
  const [invitation, setInvitation] = useState<string | null>(null)
  const add = (
    <button type="button" className="btn primary" onClick={() => setAdding(true)}>
      <IconPlus size={16} aria-hidden /> {t("people.invite")}
    </button>
  )
  return (
    <Page crumbs={[{ text: t("place.people") }]} actions={add}>
      <h1>{t("place.people")}</h1>
      <Table
        label={t("place.people")}
        rows={rows}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        csv={address("/people", { ...order, format: "csv" })}
        keys
        {...list}
        empty={
          <Empty
            icon={<IconUsers size={34} stroke={1.5} aria-hidden />}
            title={t("people.none")}
            because={t("people.none_because")}
          />
        }
      />
      {adding && <Invite close={() => setAdding(false)} done={setInvitation} />}
      {invitation && <InvitationLink url={invitation} close={() => setInvitation(null)} />}
    </Page>
  )
}

function Invite({ close, done }: { close: () => void; done: (url: string) => void }) {
  const { rows: organisations = [] } = useRows<Organisation>("/organisations")
  const [name, setName] = useState("")
  const [display_name, setDisplay] = useState("")
  const [organisation, setOrganisation] = useState("")
  const [tiers, setTiers] = useState<readonly number[]>([1])
  const [languages, setLanguages] = useState("")
  const { rows: programmes = [] } = useRows<{ id: string; name: string }>("/programmes")
  const [programme, setProgramme] = useState("")
  const [role, setRole] = useState<Role>("annotator")
  const queries = useQueryClient()
  const run = async () => {
    const { invitation } = await post<{ invitation: string }>("/people", {
      name,
      display_name,
      organisation: organisation || organisations[0]?.name,
      tiers,
      languages: languages.split(/[,\s]+/).filter(Boolean),
      seats: programme ? [{ programme, role, tiers }] : [],
    })
    await queries.invalidateQueries()
    done(invitation)
  }
  const toggle = (tier: number) =>
    setTiers((now) => (now.includes(tier) ? now.filter((one) => one !== tier) : [...now, tier].sort()))
  return (
    <Ask title={t("people.invite")} act={t("people.invite_do")} close={close} run={run} disabled={!name}>
      <TextField
        label={t("people.display_name")}
        value={display_name}
        onChange={(next) => {
          // The sign-in name follows until somebody gives it one of its own.
          if (name === signInOf(display_name)) setName(signInOf(next))
          setDisplay(next)
        }}
        focus
        required
      />
      <TextField
        label={t("signin.name")}
        description={t("people.name_hint")}
        value={name}
        onChange={setName}
        autoCapitalize="none"
        required
      />
      <label className="field">
        {t("people.organisation")}
        <select value={organisation} onChange={(event) => setOrganisation(event.target.value)}>
          {organisations.map((one) => (
            <option key={one.id} value={one.name}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      <fieldset className="field inline">
        <legend>{t("people.tiers")}</legend>
        {([1, 2, 3] as const).map((tier) => (
          <label key={tier} className="check">
            <input type="checkbox" checked={tiers.includes(tier)} onChange={() => toggle(tier)} />T{tier}{" "}
            {t(`tier.${tier}`)}
          </label>
        ))}
      </fieldset>
      <TextField
        label={t("people.languages")}
        description={t("people.languages_hint")}
        value={languages}
        onChange={setLanguages}
      />
      <label className="field">
        {t("people.seat")}
        <select value={programme} onChange={(event) => setProgramme(event.target.value)}>
          <option value="">{t("people.no_seat")}</option>
          {programmes.map((one) => (
            <option key={one.id} value={one.name}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      {programme && (
        <label className="field">
          {t("people.role")}
          <select value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {ROLES.map((name) => (
              <option key={name} value={name}>
                {t(`role.${name}`)}
              </option>
            ))}
          </select>
        </label>
      )}
    </Ask>
  )
}

const signInOf = (display_name: string) =>
  display_name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "")

function InvitationLink({ url, close }: { url: string; close: () => void }) {
  const whole = new URL(url, location.origin).href
  return (
    <Dialog title={t("people.invited")} close={close}>
      <p>{t("people.invited_hint")}</p>
      <p className="mono link-box">{whole}</p>
      <button
        type="button"
        className="btn primary"
        onClick={() => void navigator.clipboard.writeText(whole).then(() => tell(t("copy.done")))}
      >
        {t("people.copy")}
      </button>
    </Dialog>
  )
}
