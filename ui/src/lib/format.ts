/** Numbers, times and sizes as people read them. */

const locale = () => document.documentElement.lang || undefined

export const count = (value: number) => new Intl.NumberFormat(locale()).format(value)

/** A share as a percentage. Never show one without the count it was taken of. */
export const percent = (share: number, digits = 1) =>
  new Intl.NumberFormat(locale(), {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share)

export const decimal = (value: number, digits = 2) =>
  new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    value,
  )

/** Date and time of microseconds UTC, in the reader's zone. */
export const moment = (micros: number) =>
  new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(micros / 1000)

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
]

/** "in 6 hours", "3 minutes ago". */
export function relative(micros: number, now = Date.now()): string {
  const seconds = (micros / 1000 - now) / 1000
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 1]
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(Math.round(seconds / size), unit)
}

/** 83 -> "1:23". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}:${String(whole % 60).padStart(2, "0")}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`
}

export function bytes(size: number): string {
  const units = ["B", "kB", "MB", "GB"]
  const step = size < 1 ? 0 : Math.min(3, Math.floor(Math.log10(size) / 3))
  return `${decimal(size / 1000 ** step, step ? 1 : 0)} ${units[step]}`
}

/** Minor units of a currency as money: 1234 EUR -> €12.34; `finer` so many digits more: 1.43 -> €0.0143. */
export function money(minor: number, currency: string, finer = 0): string {
  const style = { style: "currency", currency } as const
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat(locale(), style).resolvedOptions()
  const format = new Intl.NumberFormat(locale(), { ...style, minimumFractionDigits: digits + finer })
  return format.format(minor / 10 ** digits)
}

/** A day of microseconds UTC, in the reader's zone. */
export const day = (micros: number) =>
  new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(micros / 1000)
