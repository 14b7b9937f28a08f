import { IconPlus } from "@tabler/icons-react"
import { useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { address, del, putTo } from "@/api/http"
import type { Invited, Member, Programme, ProgrammePage, Role } from "@/api/nouns"
import { t } from "@/app/i18n"
import { moment } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Empty } from "@/parts/empty"
import { useRows } from "@/parts/rows"
import { type Column, Table } from "@/parts/table"
import Hours from "../people/hours"

export const ROLES: readonly Role[] = [
  "owner",
  "manager",
  "expert",
  "engineer",
  "annotator",
  "procurement",
  "client",
  "auditor",
]

export function Members({ page }: { page: ProgrammePage }) {
  const { programme, people, invited, may } = page
  const staffs = may.includes("staff")
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<Member | null>(null)
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries() // hours and what is left to do, too
  const remove = (id: string) => del(`/programmes/${programme.id}/members/${id}`).then(refresh)
  const columns: Column<Member>[] = [
    {
      key: "name",
      title: t("people.name"),
      by: ({ name }) => name,
      wide: true,
      cell: (member) => <Name member={member} />,
    },
    { key: "role", title: t("people.role"), by: ({ role }) => role, cell: ({ role }) => t(`role.${role}`) },
    {
      key: "tiers",
      title: t("people.tiers"),
      by: ({ tiers }) => tiers.join(" "),
      cell: ({ tiers }) => tiers.map((tier) => `T${tier}`).join(" ") || "–",
    },
    ...(staffs
      ? [
          {
            key: "act",
            title: t("table.act"),
            cell: (member: Member) => (
              <button type="button" className="btn small quiet" onClick={() => setLeaving(member)}>
                {t("people.remove")}
              </button>
            ),
          },
        ]
      : []),
  ]
  const add = staffs && (
    <button type="button" className="btn primary" onClick={() => setAdding(true)}>
      <IconPlus size={16} aria-hidden /> {t("people.add_member")}
    </button>
  )
  return (
    <>
      <p className="lead">
        {t("people.lead")}{" "}
        <Link to="." search={{ tab: "team" }}>
          {t("programme.tab.team")}
        </Link>
      </p>
      {people.length > 0 && add && <div className="row toolbar">{add}</div>}
      <Table
        label={t("programme.tab.people")}
        rows={people}
        columns={columns}
        keyOf={({ actor_id, role }) => `${actor_id}.${role}`}
        csv={address(`/programmes/${programme.id}/members`, { format: "csv" })}
        keys
        empty={
          <Empty title={t("people.no_members")} because={t("people.no_members_because")}>
            {add}
          </Empty>
        }
      />
      {invited.length > 0 && (
        <>
          <h2>{t("people.waiting")}</h2>
          <Table
            label={t("people.waiting")}
            rows={invited}
            columns={INVITED}
            keyOf={({ actor_id, role }) => `${actor_id}.${role}`}
            empty={null}
          />
        </>
      )}
      {staffs && <Hours programme={programme.id} />}
      {leaving && (
        <Ask
          title={t("people.remove_title", { name: leaving.name })}
          act={t("people.remove")}
          close={() => setLeaving(null)}
          run={() => remove(leaving.actor_id)}
        >
          <p>{t("people.remove_means")}</p>
        </Ask>
      )}
      {adding && <AddMember programme={programme} close={() => setAdding(false)} done={refresh} />}
    </>
  )
}

const INVITED: Column<Invited>[] = [
  {
    key: "name",
    title: t("people.name"),
    by: ({ name }) => name,
    wide: true,
    cell: ({ actor_id, name }) => (
      <Link to="/people/$actor" params={{ actor: actor_id }} className="strong">
        {name}
      </Link>
    ),
  },
  { key: "role", title: t("people.role"), by: ({ role }) => role, cell: ({ role }) => t(`role.${role}`) },
  {
    key: "tiers",
    title: t("people.tiers"),
    by: ({ tiers }) => tiers.join(" "),
    cell: ({ tiers }) => tiers.map((tier) => `T${tier}`).join(" ") || "–",
  },
  {
    key: "ends",
    title: t("people.link_until"),
    by: ({ ends_at }) => ends_at,
    cell: ({ ends_at }) => moment(ends_at),
  },
]

function Name({ member }: { member: Member }) {
  return (
    <>
      <Link to="/people/$actor" params={{ actor: member.actor_id }} className="strong">
        {member.name}
      </Link>{" "}
      {member.simulated && <span className="chip">{t("people.simulated")}</span>}
    </>
  )
}

interface Person {
  id: string
  actor_id?: string
  name: string
  display_name: string
}

interface AddProps {
  readonly programme: Programme
  readonly close: () => void
  readonly done: () => Promise<unknown>
}

function AddMember({ programme, close, done }: AddProps) {
  const { rows = [] } = useRows<Person>("/people", { limit: 1000 })
  const [person, setPerson] = useState("")
  const [role, setRole] = useState<Role>("annotator")
  const [tiers, setTiers] = useState<readonly number[]>([1])
  const run = async () => {
    await putTo(`/programmes/${programme.id}/members`, { actor_id: person, role, tiers })
    await done()
  }
  const toggle = (tier: number) =>
    setTiers((now) => (now.includes(tier) ? now.filter((one) => one !== tier) : [...now, tier].sort()))
  return (
    <Ask title={t("people.add_member")} act={t("people.add")} close={close} run={run} disabled={!person}>
      <label className="field">
        {t("people.person")}
        <select value={person} onChange={(event) => setPerson(event.target.value)} required>
          <option value="">{t("people.choose")}</option>
          {rows.map((one) => (
            <option key={one.id} value={one.actor_id ?? one.id}>
              {one.display_name || one.name}
            </option>
          ))}
        </select>
      </label>
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
      <fieldset className="field inline">
        <legend>{t("people.tiers")}</legend>
        {[1, 2, 3].map((tier) => (
          <label key={tier} className="check">
            <input type="checkbox" checked={tiers.includes(tier)} onChange={() => toggle(tier)} />T{tier}{" "}
            {t(`tier.${tier as 1 | 2 | 3}`)}
          </label>
        ))}
      </fieldset>
    </Ask>
  )
}
