// Budgets of the interface, in KiB of gzip: what the first page loads, and what each lazy page adds.
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const root = fileURLToPath(new URL("../../src/goldloop/static/", import.meta.url))
const gzipped = (file) => gzipSync(readFileSync(join(root, file)), { level: 9 }).length / 1024
const html = readFileSync(join(root, "index.html"), "utf8")
const first = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1])
const files = readdirSync(root, { recursive: true }).map(String)
const lazy = files.filter(
  (file) => /^assets[/\\].*\.js$/.test(file) && !first.includes(file.replaceAll("\\", "/")),
)
const sum = (list) => list.reduce((total, file) => total + gzipped(file), 0)
const whole =
  files.reduce(
    (total, file) => total + (statSync(join(root, file)).isFile() ? statSync(join(root, file)).size : 0),
    0,
  ) / 1024

const lines = [
  ["shell JS", sum(first.filter((file) => file.endsWith(".js"))), 135],
  ["shell CSS", sum(first.filter((file) => file.endsWith(".css"))), 10],
  ...lazy.map((file) => [file, gzipped(file), /mantine|palette/i.test(file) ? 30 : 15]),
  ["everything, unpacked", whole, 2500],
]
let over = false
for (const [name, size, budget] of lines) {
  const bad = size > budget
  over ||= bad
  console.log(
    `${bad ? "OVER" : "  ok"}  ${String(name).padEnd(44)} ${size.toFixed(1).padStart(8)} of ${budget} KiB`,
  )
}
process.exit(over ? 1 : 0)
