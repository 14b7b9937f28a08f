import { Run } from "./run"

/** What else came with an item stands by its own names; nobody reads JSON beside a text. */
const opened = ([key, value]: [string, unknown]): [string, unknown][] =>
  key === "meta" && typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : [[key, value]]

/** What an item says beside its text: names and values, as text and nothing else. */
export function Fields({ body }: { body: Readonly<Record<string, unknown>> }) {
  const rest = Object.entries(body)
    .filter(([key]) => key !== "text")
    .flatMap(opened)
  if (rest.length === 0) return null
  return (
    <dl className="fields">
      {rest.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd dir="auto">
            <Run text={typeof value === "string" ? value : JSON.stringify(value)} at={0} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
