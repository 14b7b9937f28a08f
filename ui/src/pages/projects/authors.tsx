import { t } from "@/app/i18n"
import { count } from "@/lib/format"
import type { Answer, Author } from "./types"

interface Props {
  readonly authors: readonly Author[]
  readonly answers: Readonly<Record<string, Answer>>
  readonly onAnswer: (author: string, answer: Answer) => void
}

export const OWN: Answer = { how: "own", name: "" }

/** True where nobody has said yet who somebody is whose name is taken here. */
export const open = ({ author, taken }: Author, answers: Props["answers"]) => {
  const { how, name } = answers[author] ?? OWN
  return how === "own" ? taken !== null : name.trim() === ""
}

/** Who an author is, author by author. */
export function Authors({ authors, answers, onAnswer }: Props) {
  return (
    <section className="stack" aria-labelledby="authors">
      <h2 id="authors">{t("projects.authors")}</h2>
      <p className="dim">{t("projects.authors_why")}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("projects.author")}</th>
            <th scope="col" className="number">
              {t("projects.said")}
            </th>
            <th scope="col">{t("projects.taken")}</th>
            <th scope="col">{t("projects.name")}</th>
          </tr>
        </thead>
        <tbody>
          {authors.map((one) => {
            const { author, address, said, taken, may_be } = one
            const answer = answers[author] ?? OWN
            return (
              <tr key={author}>
                <td>
                  <b>{author}</b>
                  {address && <small>{address}</small>}
                </td>
                <td className="number">{count(said)}</td>
                <td className={open(one, answers) ? "status bad" : "dim"}>
                  {taken ?? (may_be.join(", ") || "–")}
                </td>
                <td>
                  <select
                    aria-label={t("projects.of", { author })}
                    value={answer.how}
                    onChange={(event) =>
                      onAnswer(author, {
                        how: event.target.value as Answer["how"],
                        name: event.target.value === "is" ? (may_be[0] ?? "") : "",
                      })
                    }
                  >
                    {(["own", "is", "as"] as const).map((how) => (
                      <option key={how} value={how}>
                        {t(`projects.${how}`)}
                      </option>
                    ))}
                  </select>{" "}
                  {answer.how !== "own" && (
                    <input
                      type="text"
                      aria-label={t("projects.name_of", { author })}
                      value={answer.name}
                      onChange={(event) => onAnswer(author, { ...answer, name: event.target.value })}
                    />
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
