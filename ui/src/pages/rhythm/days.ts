/** Days as the calendar counts them: ISO dates, without a time and so without a zone. */

const at = (day: string) => new Date(`${day}T00:00:00Z`)
const iso = (date: Date) => date.toISOString().slice(0, 10)

export const today = () => {
  const now = new Date()
  return iso(new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())))
}

const plusDays = (day: string, days: number) => {
  const date = at(day)
  date.setUTCDate(date.getUTCDate() + days)
  return iso(date)
}

/** The first day of the month that lies so many months from a day's. */
export const monthOf = (day: string, months = 0) => {
  const date = at(day)
  return iso(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)))
}

/** The whole weeks, Monday to Sunday, that a month touches. */
export function weeksOf(month: string): string[][] {
  const first = plusDays(month, -((at(month).getUTCDay() + 6) % 7))
  const end = monthOf(month, 1)
  const weeks: string[][] = []
  for (let monday = first; monday < end; monday = plusDays(monday, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, day) => plusDays(monday, day)))
  }
  return weeks
}

const said = (options: Intl.DateTimeFormatOptions) => (day: string) =>
  new Intl.DateTimeFormat(document.documentElement.lang || undefined, { ...options, timeZone: "UTC" }).format(
    at(day),
  )

export const monthName = said({ month: "long", year: "numeric" })
export const weekday = said({ weekday: "short" })
export const dayNumber = said({ day: "numeric" })
export const dayName = said({ weekday: "long", day: "numeric", month: "long" })
