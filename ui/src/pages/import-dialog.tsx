import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { get, post, upload } from "@/api/http"
import type { Job, Kind, Programme } from "@/api/nouns"
import { t } from "@/app/i18n"
import { bytes, percent } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { type Params, SchemaForm } from "@/parts/schema-form"

const SUFFIXES: Record<string, string> = {
  jsonl: "jsonl",
  ndjson: "jsonl",
  csv: "csv",
  tsv: "csv",
  parquet: "parquet",
  txt: "text",
  json: "label_studio",
  conll: "conll",
  iob: "conll",
}

/** The kind that a file's ending speaks for. */
export function guess(fileName: string, kinds: readonly Kind[]): string {
  const suffix = fileName.split(".").at(-1)?.toLowerCase() ?? ""
  const wanted = SUFFIXES[suffix] ?? suffix
  return kinds.find(({ name }) => name.startsWith(wanted))?.name ?? kinds[0]?.name ?? ""
}

/** A file becomes items: choose it, say what it is, watch the job. */
export function ImportDialog({ programme, close }: { programme: Programme; close: () => void }) {
  const kinds = useQuery({
    queryKey: ["kinds"],
    queryFn: () => get<{ source: Kind[] }>("/kinds"),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [file, setFile] = useState<File | null>(null)
  const [picked, setPicked] = useState("")
  const [params, setParams] = useState<Params>({})
  const [sent, setSent] = useState<number | null>(null)
  const queries = useQueryClient()
  const go = useNavigate()
  const sources = kinds.data?.source ?? []
  const kind = picked || (file ? guess(file.name, sources) : "")
  const chosen = sources.find(({ name }) => name === kind)

  const choose = (next: File | null) => {
    setFile(next)
    setPicked("")
    setParams({})
  }
  const run = async () => {
    if (!file) return
    setSent(0)
    try {
      const stored = await upload<{ file: string }>(`/programmes/${programme.id}/uploads`, file, setSent)
      const source = { name: kind, params }
      await post<Job>(`/programmes/${programme.id}/imports`, {
        file: stored.file,
        source,
        filename: file.name,
      })
    } finally {
      setSent(null)
    }
    await queries.invalidateQueries()
    await go({ to: "/p/$programme", params: { programme: programme.name }, search: { tab: "jobs" } })
  }
  return (
    <Ask
      title={t("import.title")}
      act={t("import.start")}
      close={close}
      run={run}
      disabled={!file || !kind}
      size="lg"
    >
      <label className="field">
        {t("import.file")}
        <input type="file" onChange={(event) => choose(event.target.files?.[0] ?? null)} required />
        {file && <small className="dim">{bytes(file.size)}</small>}
      </label>
      <label className="field">
        {t("import.kind")}
        <select
          value={kind}
          onChange={(event) => {
            setPicked(event.target.value)
            setParams({})
          }}
          required
        >
          <option value="">{t("import.choose_kind")}</option>
          {sources.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      {chosen && <p className="dim">{chosen.doc.split("\n\n")[0]}</p>}
      {chosen && <SchemaForm schema={chosen.schema} value={params} onChange={setParams} />}
      {sent !== null && (
        <p className="num" role="status">
          <progress value={sent} aria-label={t("import.sending")} /> {t("import.sending")} {percent(sent, 0)}
        </p>
      )}
    </Ask>
  )
}
