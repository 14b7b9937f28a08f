import { Run } from "./run"

/** What an item says beside its text: names and values, as text and nothing else. */
export function Fields({ body }: { body: Readonly<Record<string, unknown>> }) {
  const rest = Object.entries(body).filter(([key]) => key !== "text")
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
