// `npm run bench`: every figure that the documentation quotes, each beside its peer, one after the other (they would
// disturb each other). `npm run bench -- bundle` runs one; further arguments are handed to it. Exit code 1: a figure is
// outside its stated limit. Plain JavaScript, so that an older host Node can hand over to the packaged one.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const benches = {
  resolve: [['resolve.ts']],
  start: [['start.ts']],
  bundle: [
    ['bundle.ts', '--engine', 'sqlite'],
    ['bundle.ts', '--engine', 'postgres'],
  ],
}

const packaged = join(import.meta.dirname, '../node_modules/.bin/node')
const node = existsSync(packaged) ? packaged : process.execPath
const [wanted, ...rest] = process.argv.slice(2)
if (wanted !== undefined && !(wanted in benches)) {
  console.error(`There is no bench "${wanted}". There are: ${Object.keys(benches).join(', ')}.`)
  process.exit(2)
}
for (const [file, ...args] of wanted === undefined
  ? Object.values(benches).flat()
  : benches[wanted]) {
  const { status } = spawnSync(node, [join(import.meta.dirname, file), ...args, ...rest], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
  console.log('')
}
