import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useEffect, useRef, useState } from "react"
import { get, post, upload } from "@/api/http"
import type { Job, Kind, Programme } from "@/api/nouns"
import { t } from "@/app/i18n"
import { columnsOf } from "@/lib/columns"
import { bytes, percent } from "@/lib/format"
import { Ask } from "@/parts/ask"
import { Problem } from "@/parts/problem"
import { useRows } from "@/parts/rows"
import { type Params, SchemaForm } from "@/parts/schema-form"
import { type Authors, ImportAuthors, NOBODY, told } from "./import-authors"
import { ColumnMapping, FirstRows, type ImportPreview } from "./import-preview"

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

interface Props {
  readonly programme: Programme
  /** The models of the programme file, the one that routing goes by first. */
  readonly models: readonly string[]
  /** A provider's labels, gated like our own, instead of items; what was rejected of theirs may come again. */
  readonly delivery?: { readonly rejected: readonly Rejected[] }
  readonly close: () => void
}

interface Rejected {
  readonly batch_id: string
  readonly name: string
  readonly provider: string
}

/** A file becomes items: choose it, say what it is, watch the job. */
export function ImportDialog({ programme, models, delivery, close }: Props) {
  const kinds = useQuery({
    queryKey: ["kinds"],
    queryFn: () => get<{ source: Kind[] }>("/kinds"),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [file, setFile] = useState<File | null>(null)
  const [picked, setPicked] = useState("")
  const [params, setParams] = useState<Params>({})
  const [authors, setAuthors] = useState<Authors>(NOBODY)
  const [sent, setSent] = useState<number | null>(null)
  const [columns, setColumns] = useState<readonly string[]>([])
  const [preview, setPreview] = useState<ImportPreview | null>(null)
  const [from, setFrom] = useState<From>({ provider: "", replaces: "" })
  const [problem, setProblem] = useState<unknown>(null)
  const stored = useRef<{ file: File; name: string } | null>(null)
  const queries = useQueryClient()
  const go = useNavigate()
  const sources = kinds.data?.source ?? []
  const kind = picked || (file ? guess(file.name, sources) : "")
  const chosen = sources.find(({ name }) => name === kind)

  useEffect(() => {
    setColumns([])
    let current = true
    if (file && kind) {
      void columnsOf(file, kind).then((found) => {
        if (current) setColumns(found)
      })
    }
    return () => {
      current = false
    }
  }, [file, kind])

  const change = (next: Params) => {
    setParams(next)
    setPreview(null)
    setProblem(null)
  }
  const choose = (next: File | null) => {
    setFile(next)
    setPicked("")
    change({})
  }
  /** Sends the file once, however often its first rows are looked at. */
  const send = async (): Promise<string> => {
    if (!file) throw new Error("no file is chosen")
    if (stored.current?.file === file) return stored.current.name
    setSent(0)
    try {
      const path = `/programmes/${programme.id}/uploads`
      const { file: name } = await upload<{ file: string }>(path, file, setSent)
      stored.current = { file, name }
      return name
    } finally {
      setSent(null)
    }
  }
  const look = async () => {
    setProblem(null)
    try {
      const source = { name: kind, params }
      const path = `/programmes/${programme.id}/imports/preview`
      setPreview(await post<ImportPreview>(path, { file: await send(), source }))
    } catch (error) {
      setPreview(null)
      setProblem(error)
    }
  }
  const receive = async () => {
    await post<Job>(`/programmes/${programme.id}/deliveries`, {
      file: await send(),
      source: { name: kind, params },
      filename: file?.name ?? "",
      provider: from.provider.trim(),
      replaces: from.replaces || null,
    })
    await queries.invalidateQueries()
  }
  const run = async () => {
    if (delivery) return receive()
    await post<Job>(`/programmes/${programme.id}/imports`, {
      file: await send(),
      source: { name: kind, params },
      filename: file?.name ?? "",
      accounts: told(authors.accounts),
      names: told(authors.names),
    })
    await queries.invalidateQueries()
    await go({ to: "/p/$programme", params: { programme: programme.name }, search: { tab: "imports" } })
  }
  return (
    <Ask
      title={t(delivery ? "quality.receive" : "import.title")}
      act={t(delivery ? "quality.receive" : "import.start")}
      close={close}
      run={run}
      disabled={!file || !kind || (delivery !== undefined && !from.provider.trim())}
      size="xl"
    >
      {delivery && (
        <>
          <Provider rejected={delivery.rejected} value={from} onChange={setFrom} />
          <p className="dim">{t("quality.delivered_column")}</p>
        </>
      )}
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
            change({})
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
      {chosen?.schema.properties?.text && (
        <ColumnMapping columns={columns} params={params} models={models} onChange={change} />
      )}
      {chosen && <SchemaForm schema={chosen.schema} value={params} onChange={change} />}
      {!delivery && <ImportAuthors value={authors} onChange={setAuthors} />}
      {chosen && file && (
        <div className="row">
          <button type="button" className="btn" onClick={() => void look()}>
            {t("preview.look")}
          </button>
        </div>
      )}
      {problem !== null && <Problem error={problem} />}
      {preview && <FirstRows preview={preview} />}
      {sent !== null && (
        <p className="num" role="status">
          <progress value={sent} aria-label={t("import.sending")} /> {t("import.sending")} {percent(sent, 0)}
        </p>
      )}
    </Ask>
  )
}

interface From {
  readonly provider: string
  /** The id of the rejected delivery it comes in the place of. */
  readonly replaces: string
}

interface ProviderProps {
  readonly rejected: readonly Rejected[]
  readonly value: From
  readonly onChange: (next: From) => void
}

/** Who delivered, and which of their rejected deliveries it replaces. */
function Provider({ rejected, value, onChange }: ProviderProps) {
  const { rows = [] } = useRows<{ name: string }>("/organisations")
  const theirs = rejected.filter(({ provider }) => provider === value.provider)
  return (
    <>
      <label className="field">
        {t("quality.provider")}
        <input
          type="text"
          list="providers"
          value={value.provider}
          placeholder={t("quality.choose_provider")}
          onChange={(event) => onChange({ provider: event.target.value, replaces: "" })}
          required
        />
        <datalist id="providers">
          {rows.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      {theirs.length > 0 && (
        <label className="field">
          {t("quality.replaces")}
          <select
            value={value.replaces}
            onChange={(event) => onChange({ ...value, replaces: event.target.value })}
          >
            <option value="">{t("quality.replaces_nothing")}</option>
            {theirs.map(({ batch_id, name }) => (
              <option key={batch_id} value={batch_id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  )
}
