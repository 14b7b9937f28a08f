import { IconBookmark, IconLink, IconX } from "@tabler/icons-react"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { del, get, putTo } from "@/api/http"
import type { Rows } from "@/api/nouns"
import { t } from "@/app/i18n"
import { Ask } from "./ask"
import { tell } from "./notice"

interface Saved {
  readonly place: string
  readonly name: string
  readonly query: Record<string, string>
}

/** Filters that a person keeps under a name; what they show is the address, so sharing is sending it. */
export function SavedFilters({ programme_id, place }: { programme_id: string; place: string }) {
  const { tab, sort: _sort, ...filters } = useSearch({ strict: false }) as Record<string, string>
  const [naming, setNaming] = useState(false)
  const go = useNavigate()
  const queries = useQueryClient()
  const path = `/programmes/${programme_id}/filters`
  const key = ["filters", programme_id]
  const { data } = useQuery({ queryKey: key, queryFn: () => get<Rows<Saved>>(path) })
  const mine = data?.rows.filter((one) => one.place === place) ?? []
  const at = mine.find(({ query }) => JSON.stringify(query) === JSON.stringify(sorted(filters)))
  const filtered = Object.keys(filters).length > 0
  const forget = async (name: string) => {
    await del(`${path}/${place}/${encodeURIComponent(name)}`)
    await queries.invalidateQueries({ queryKey: key })
  }
  return (
    <span className="saved-filters">
      {mine.length > 0 && (
        <select
          aria-label={t("saved.choose")}
          value={at?.name ?? ""}
          onChange={(event) => {
            const chosen = mine.find(({ name }) => name === event.target.value)
            void go({ to: ".", search: { ...(tab ? { tab } : {}), ...chosen?.query }, replace: true })
          }}
        >
          <option value="">{t("saved.choose")}</option>
          {mine.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      {at && (
        <button
          type="button"
          className="btn small quiet"
          aria-label={t("saved.forget", { name: at.name })}
          onClick={() => void forget(at.name)}
        >
          <IconX size={14} aria-hidden />
        </button>
      )}
      {filtered && !at && (
        <button type="button" className="btn small" onClick={() => setNaming(true)}>
          <IconBookmark size={14} aria-hidden /> {t("saved.keep")}
        </button>
      )}
      {filtered && (
        <button
          type="button"
          className="btn small quiet"
          onClick={() =>
            void navigator.clipboard.writeText(location.href).then(() => tell(t("saved.copied")))
          }
        >
          <IconLink size={14} aria-hidden /> {t("saved.copy")}
        </button>
      )}
      {naming && (
        <Name
          close={() => setNaming(false)}
          keep={async (name) => {
            await putTo(path, { place, name, query: sorted(filters) })
            await queries.invalidateQueries({ queryKey: key })
            tell(t("saved.kept"))
          }}
        />
      )}
    </span>
  )
}

const sorted = (filters: Record<string, string>) =>
  Object.fromEntries(Object.entries(filters).toSorted(([a], [b]) => (a < b ? -1 : 1)))

function Name({ close, keep }: { close: () => void; keep: (name: string) => Promise<void> }) {
  const [name, setName] = useState("")
  return (
    <Ask
      title={t("saved.keep")}
      act={t("saved.keep")}
      close={close}
      run={() => keep(name.trim())}
      disabled={!name.trim()}
    >
      <label className="field">
        {t("saved.name")}
        <input
          type="text"
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.target.value)}
          required
        />
      </label>
    </Ask>
  )
}
