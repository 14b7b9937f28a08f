import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { get } from "@/api/http"
import { t } from "@/app/i18n"
import { Problem } from "@/parts/problem"
import { Status } from "@/parts/status"

interface AirGap {
  readonly closed: boolean | null
  readonly outlets: readonly { what: string; where: string; outside: boolean }[]
  readonly connections: readonly { address: string; port: number; process: number; outside: boolean }[]
}

/** What reaches a network, looked at when an owner asks. */
export default function AirGapCard() {
  const [asked, setAsked] = useState(false)
  const { data, error, refetch } = useQuery({
    queryKey: ["air-gap"],
    queryFn: () => get<AirGap>("/air-gap"),
    enabled: asked,
  })
  const look = () => (asked ? void refetch() : setAsked(true))
  return (
    <section className="card" aria-label={t("protection.air_gap")}>
      <h2>{t("protection.air_gap")}</h2>
      <p className="dim">{t("protection.air_gap_hint")}</p>
      {error && <Problem error={error} />}
      {data && (
        <>
          <p>
            <Status tone={data.closed === null ? "dim" : data.closed ? "ok" : "warn"}>{verdict(data)}</Status>
          </p>
          <ul className="plain">
            {data.outlets.map(({ what, where, outside }) => (
              <li key={`${what}.${where}`}>
                {what}: <span className="mono">{where}</span>{" "}
                <span className="chip">{outside ? t("protection.outside") : t("protection.inside")}</span>
              </li>
            ))}
            {data.connections.map(({ address, port, process, outside }) => (
              <li key={`${address}.${port}.${process}`}>
                {t("protection.connection")}: <span className="mono">{`${address}:${port}`}</span>{" "}
                <span className="chip">{outside ? t("protection.outside") : t("protection.inside")}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <button type="button" className="btn" onClick={look}>
        {t("protection.look")}
      </button>
    </section>
  )
}

function verdict({ closed, outlets, connections }: AirGap): string {
  if (closed === null) return t("protection.air_gap_unknown")
  if (closed) return t("protection.air_gap_closed")
  const count = [...outlets, ...connections].filter(({ outside }) => outside).length
  return t("protection.air_gap_open", { count })
}
