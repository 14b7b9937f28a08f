import { useNavigate } from "@tanstack/react-router"
import { t } from "@/app/i18n"

/** The month that a statement is of; it lives in the address. */
export function MonthField({ month }: { month: string | undefined }) {
  const navigate = useNavigate()
  const to = (at: string) =>
    void navigate({
      to: ".",
      search: ((now: Record<string, string>) => {
        const { month: _, ...rest } = now
        return at === "" ? rest : { ...rest, month: at }
      }) as never,
    })
  return (
    <label className="field">
      {t("statement.month_field")}
      <input type="month" value={month ?? ""} onChange={(event) => to(event.target.value)} />
    </label>
  )
}
