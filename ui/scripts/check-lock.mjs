// The lock file must work with any registry: no address of one may be written down.
import { readFileSync } from "node:fs"

const lock = readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")
const found = lock.match(/"resolved"|https?:\/\/[^"]*registry[^"]*/g)
if (found) {
  console.error(`package-lock.json names a registry ${found.length} times, first: ${found[0]}`)
  process.exit(1)
}
