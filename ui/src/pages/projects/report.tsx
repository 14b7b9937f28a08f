import { useEffect, useState } from "react"
import { t } from "@/app/i18n"
import { count } from "@/lib/format"
import type { Survey } from "./types"

/** What comes in, what has no place here, and what would be rejected. */
export function Report({ survey }: { survey: Survey }) {
  const { counts, lost, rejects, models } = survey
  const [file, setFile] = useState("")
  useEffect(() => {
    const made = URL.createObjectURL(
      new Blob([JSON.stringify(survey, null, 1)], { type: "application/json" }),
    )
    setFile(made)
    return () => URL.revokeObjectURL(made)
  }, [survey])
  return (
    <section className="stack" aria-labelledby="comes-in">
      <h2 id="comes-in">{t("projects.counts")}</h2>
      <dl className="facts">
        {Object.entries(counts).map(([what, times]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd className="num">{count(times)}</dd>
          </div>
        ))}
      </dl>
      <h2>{t("projects.lost")}</h2>
      {lost.length === 0 ? (
        <p className="status ok">{t("projects.lost_none")}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t("projects.what")}</th>
              <th scope="col" className="number">
                {t("projects.times")}
              </th>
            </tr>
          </thead>
          <tbody>
            {lost.map(({ what, times }) => (
              <tr key={what}>
                <td>{what}</td>
                <td className="number">{count(times)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rejects.length > 0 && (
        <>
          <h2>{t("projects.rejects")}</h2>
          <ul className="plain">
            {rejects.map((one) => (
              <li key={`${one.field} ${one.expected}`} className="status bad">
                {t("projects.rejected", { ...one, times: count(one.times) })}
              </li>
            ))}
          </ul>
        </>
      )}
      {models.length > 0 && (
        <>
          <h2>{t("projects.models")}</h2>
          <ul className="plain">
            {models.map(({ model, version, said }) => (
              <li key={`${model} ${version}`}>
                {model} {version !== model && version} <span className="num dim">{count(said)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <p>
        <a href={file} download={`${survey.programme}-report.json`}>
          {t("projects.report")}
        </a>
      </p>
    </section>
  )
}
