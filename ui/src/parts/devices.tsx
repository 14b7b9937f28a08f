import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { get, post } from "@/api/http"
import type { Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { moment } from "@/lib/format"
import { Problem } from "@/parts/problem"

export interface Device {
  readonly id: string
  readonly actor_id: string
  readonly who: string
  readonly device: string
  readonly kind: string
  readonly by: string
  readonly by_person: boolean
  readonly stated_at: number
  readonly until: number
  readonly withdrawn_at: number | null
  /** It lets its person be handed work now. */
  readonly counts: boolean
}

interface Asked {
  readonly programme_id: string
  readonly programme: string
  readonly kinds: readonly string[]
  readonly by: readonly string[]
  readonly days: number
  readonly until: number | null
}

/** The programmes that hand out work only on a stated device, where one has stated none that counts. */
export default function DevicesToState({ done }: { done?: () => void }) {
  const asked = useQuery({ queryKey: ["devices"], queryFn: () => get<Rows<Asked>>("/work/devices") })
  const waiting = asked.data?.rows.filter(({ until }) => until === null) ?? []
  return waiting.map((one) => <DeviceCard key={one.programme_id} asked={one} {...(done ? { done } : {})} />)
}

function DeviceCard({ asked, done }: { asked: Asked; done?: () => void }) {
  const { programme, programme_id, kinds, by, days } = asked
  const title = `${t("workspace.device")} · ${programme}`
  return (
    <section className="card form" aria-label={title}>
      <h2>{title}</h2>
      <p>{t("workspace.device_first", { programme, days })}</p>
      {by.includes("person") ? (
        <DeviceForm programme={programme_id} kinds={kinds} {...(done ? { done } : {})} />
      ) : (
        <p className="dim">{t("workspace.ask_manager")}</p>
      )}
    </section>
  )
}

interface FormProps {
  readonly programme: string
  readonly kinds: readonly string[]
  /** Whose device it is; left out: one's own. */
  readonly actor?: string
  readonly done?: () => void
}

export function DeviceForm({ programme, kinds, actor, done }: FormProps) {
  const [device, setDevice] = useState("")
  const [kind, setKind] = useState(kinds[0] ?? "")
  const [error, setError] = useState<unknown>(null)
  const queries = useQueryClient()
  const state = () =>
    post(`/programmes/${encodeURIComponent(programme)}/devices`, {
      device,
      kind,
      ...(actor ? { actor_id: actor } : {}),
    }).then(async () => {
      setError(null)
      setDevice("")
      await queries.invalidateQueries({ queryKey: ["devices"] })
      done?.()
    }, setError)
  return (
    <form
      className="row wrap"
      onSubmit={(event) => {
        event.preventDefault()
        void state()
      }}
    >
      {error !== null && <Problem error={error} />}
      <label>
        {t("workspace.device_name")}{" "}
        <input
          required
          maxLength={120}
          value={device}
          placeholder={t("workspace.device_example")}
          onChange={(event) => setDevice(event.target.value)}
        />
      </label>
      {kinds.length > 0 ? (
        <label>
          {t("workspace.kind")}{" "}
          <select value={kind} onChange={(event) => setKind(event.target.value)}>
            {kinds.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      ) : (
        <label>
          {t("workspace.kind")}{" "}
          <input
            required
            pattern="[a-z0-9][a-z0-9_\-]*"
            value={kind}
            onChange={(event) => setKind(event.target.value)}
          />
        </label>
      )}
      <button type="submit" className="btn primary">
        {t("workspace.state")}
      </button>
    </form>
  )
}

/** Until when a statement holds, or that it holds no more. */
export const holding = ({ withdrawn_at, until }: Device): string =>
  withdrawn_at !== null ? t("workspace.withdrawn", { at: moment(withdrawn_at) }) : moment(until)
