import { t } from "@/app/i18n"
import { type Answer, KEEP, type Person } from "./types"

interface Props {
  readonly people: readonly Person[]
  readonly answers: Readonly<Record<string, Answer>>
  readonly onAnswer: (name: string, answer: Answer) => void
}

/** What an archive calls somebody: their sign-in name where it has one. */
export const calledIn = ({ name, sign_in }: Person) => sign_in ?? name

/** Who the people of an archive are here, one by one. */
export function People({ people, answers, onAnswer }: Props) {
  return (
    <section className="stack" aria-labelledby="people">
      <h2 id="people">{t("archives.people")}</h2>
      <p className="dim">{t("archives.people_why")}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("archives.name")}</th>
            <th scope="col">{t("archives.seats")}</th>
            <th scope="col">{t("archives.as")}</th>
          </tr>
        </thead>
        <tbody>
          {people.map((one) => {
            const called = calledIn(one)
            const answer = answers[called] ?? KEEP
            return (
              <tr key={called}>
                <td>
                  <b>{one.name}</b>
                  <small>{[one.sign_in, one.organisation].filter(Boolean).join(" · ")}</small>
                </td>
                <td className="dim">{one.seats.join(", ") || "–"}</td>
                <td>
                  <select
                    aria-label={t("archives.how", { name: called })}
                    value={answer.how}
                    onChange={({ target }) =>
                      onAnswer(called, { how: target.value as Answer["how"], name: answer.name })
                    }
                  >
                    {(["keep", "account", "alias"] as const).map((how) => (
                      <option key={how} value={how}>
                        {t(`archives.${how}`)}
                      </option>
                    ))}
                  </select>{" "}
                  {answer.how !== "keep" && (
                    <input
                      type="text"
                      aria-label={t("archives.name_of", { name: called })}
                      value={answer.name}
                      required
                      onChange={({ target }) => onAnswer(called, { ...answer, name: target.value })}
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
