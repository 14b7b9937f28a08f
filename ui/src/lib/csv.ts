const FORMULA = /^[=+\-@\t\r]/

function cell(value: unknown): string {
  const text =
    value === null || value === undefined
      ? ""
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value)
  const safe = typeof value === "string" && FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function flat(row: object, prefix = ""): [string, unknown][] {
  return Object.entries(row).flatMap(([key, value]) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? flat(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, value] as [string, unknown]],
  )
}

/** Rows as CSV, as the server writes it: nested fields by their path, an apostrophe before what a sheet would run. */
export function asCsv(rows: readonly unknown[]): string {
  const table = rows.map((row) => new Map(flat(Object(row))))
  const names = [...new Set(table.flatMap((row) => [...row.keys()]))]
  const lines = [names, ...table.map((row) => names.map((name) => row.get(name)))]
  return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("")
}
