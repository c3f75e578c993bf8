// `npm run bench`: every figure that the documentation quotes, each beside its peer, one after the other (they would
// disturb each other). `npm run bench -- bundle` runs one; further arguments are handed to it. Exit code 1: a figure is
// outside its stated limit. Plain JavaScript, so that an older host Node can hand over to the packaged one.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const benches = {
  resolve: [['resolve.ts']],
  check: [['check.ts']],
  impact: [['impact.ts']],
  compose: [['compose.ts']],
  replay: [['replay.ts']],
  start: [['start.ts']],
  diff: [['diff.ts']],
  'watch-read': [['watch-read.ts']],
  'history-check': [['history-check.ts']],
  'watch-fetch': [['watch-fetch.ts']],
  'watch-run': [['watch-run.ts']],
  archive: [['archive.ts']],
  'import-fetch': [['import-fetch.ts']],
  scim: [['scim.ts']],
  questions: [['questions.ts']],
  'audit-verify': [['audit-verify.ts']],
  ingest: [
    ['ingest.ts', '--engine', 'sqlite'],
    ['ingest.ts', '--engine', 'postgres'],
  ],
  bundle: [
    ['bundle.ts', '--engine', 'sqlite'],
    ['bundle.ts', '--engine', 'postgres'],
  ],
  'bundle-clients': [
    ['bundle.ts', '--engine', 'sqlite', '--bearers', '100000'],
    ['bundle.ts', '--engine', 'postgres', '--bearers', '100000'],
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
