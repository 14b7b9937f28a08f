import { useId } from "react"
import type { Kind } from "@/api/nouns"
import { t } from "@/app/i18n"

export type Params = Record<string, unknown>

interface Props {
  readonly schema: Kind["schema"]
  readonly value: Params
  readonly onChange: (value: Params) => void
}

type Property = NonNullable<Kind["schema"]["properties"]>[string]

/** The options of a registered kind, made from its schema. What is left empty keeps the kind's own default. */
export function SchemaForm({ schema, value, onChange }: Props) {
  const fields = Object.entries(schema.properties ?? {}).filter(([key]) => key !== "name")
  if (fields.length === 0) return null
  const required = new Set(schema.required ?? [])
  const set = (key: string, next: unknown) => {
    const rest = { ...value, [key]: next }
    if (next === "" || next === undefined) delete rest[key]
    onChange(rest)
  }
  return (
    <details open={required.size > 0}>
      <summary>{t("import.options")}</summary>
      {fields.map(([key, property]) => (
        <Field
          key={key}
          name={key}
          property={property}
          value={value[key]}
          required={required.has(key)}
          set={(next) => set(key, next)}
        />
      ))}
    </details>
  )
}

interface FieldProps {
  readonly name: string
  readonly property: Property
  readonly value: unknown
  readonly required: boolean
  readonly set: (value: unknown) => void
}

function Field({ name, property, value, required, set }: FieldProps) {
  const id = useId()
  const hint = property.description && <small className="dim">{property.description}</small>
  const title = property.title ?? name
  if (property.type === "boolean") {
    return (
      <label className="check">
        <input
          type="checkbox"
          checked={Boolean(value ?? property.default)}
          onChange={(event) => set(event.target.checked)}
        />
        {title} {hint}
      </label>
    )
  }
  const number = property.type === "integer" || property.type === "number"
  return (
    <div className="field">
      <label htmlFor={id}>{title}</label>
      {property.enum ? (
        <select value={String(value ?? "")} onChange={(event) => set(event.target.value)} required={required}>
          <option value="">{placeholder(property)}</option>
          {property.enum.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          type={number ? "number" : "text"}
          value={String(value ?? "")}
          placeholder={placeholder(property)}
          required={required}
          onChange={(event) => set(read(event.target.value, property))}
        />
      )}
      {hint}
    </div>
  )
}

const placeholder = ({ default: given }: Property) =>
  given === undefined || given === null ? "" : typeof given === "string" ? given : JSON.stringify(given)

/** What was typed, in the type that the schema wants; lists and objects are typed as JSON. */
function read(typed: string, { type }: Property): unknown {
  if (typed === "") return ""
  if (type === "integer" || type === "number") return Number(typed)
  if (type === "string") return typed
  try {
    return JSON.parse(typed)
  } catch {
    return typed
  }
}
