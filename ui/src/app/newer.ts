import { store } from "@/lib/store"

/** Why a part of this page could not be fetched: a newer interface took its place, or the server is away. */
export const missing = store<"newer" | "away" | null>(null)

const GONE = /dynamically imported module|module script failed|preload css/i

/** True for the error of a part that could not be fetched. */
export const isMissing = (error: unknown): boolean => error instanceof Error && GONE.test(error.message)

/** The script that this page runs: another one after every change. */
const running = (): string => document.querySelector<HTMLScriptElement>("script[type=module]")?.src ?? ""

/** Finds out why a part could not be fetched: the server's page names the script of the interface it has now. */
export async function askWhy(script = running()): Promise<void> {
  const page = await fetch("/", { cache: "no-store" }).then(
    (response) => (response.ok ? response.text() : ""),
    () => "",
  )
  const gone = page.includes("<script") && script !== "" && !page.includes(new URL(script).pathname)
  missing.set(gone ? "newer" : "away")
}

export const watchParts = () => addEventListener("vite:preloadError", () => void askWhy())
