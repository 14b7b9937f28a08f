import { remembered } from "@/lib/store"

export type Scheme = "auto" | "light" | "dark"

/** Follows the system until somebody says otherwise. */
export const scheme = remembered<Scheme>("scheme", "auto")

const wanted = matchMedia("(prefers-color-scheme: dark)")

export const shownScheme = (): "light" | "dark" => {
  const chosen = scheme.get()
  if (chosen !== "auto") return chosen
  return wanted.matches ? "dark" : "light"
}

export function toggleScheme(): void {
  scheme.set(shownScheme() === "dark" ? "light" : "dark")
}

function apply(): void {
  document.documentElement.dataset.mantineColorScheme = shownScheme()
}

/** Puts the scheme on the page before anything is drawn, and keeps it there. */
export function startTheme(): void {
  apply()
  scheme.watch(apply)
  wanted.addEventListener("change", apply)
}
