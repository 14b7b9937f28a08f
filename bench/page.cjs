// The script of the page that verifies releases, run by itself: node page.cjs PAGE KEY KEYS FOLDER... says what it finds.
const fs = require("node:fs"), path = require("node:path"), [page, key, keys, ...folders] = process.argv.slice(2)
const script = fs.readFileSync(page, "utf8").match(/<script>([\s\S]*)<\/script>/)[1]
const [verify, readList] = new Function(`${script}\nreturn [verify, readList]`)()
const known = async (folder) => {
  const files = new Map()
  for (const one of fs.readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (one.isFile()) {
      const file = path.join(one.parentPath, one.name)
      files.set(path.relative(folder, file), await fs.openAsBlob(file))
    }
  return files
}
;(async () => {
  const out = {}
  let given = null
  try { given = keys ? await readList(await fs.openAsBlob(keys)) : null } catch (error) {
    console.log(JSON.stringify({ refused: error.found }))
    return
  }
  for (const folder of folders) out[path.basename(folder)] = await verify(await known(folder), key || null, async () => {}, given)
  console.log(JSON.stringify(out))
})()
