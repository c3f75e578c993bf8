import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { version } from '#src/config.ts'
import { answersOf, settleCompany } from './company.ts'
import { startWorld } from './world.ts'

// Makes the data folder of this version that every later version must be able to start on:
//   node test/make-upgrade.ts
// Run it once before a version is released, commit what it wrote, and never run it for that version again.
const folder = join(import.meta.dirname, `fixtures/upgrade-${version}`)
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const world = await startWorld({ engine: 'sqlite' })
try {
  const { secrets } = await settleCompany(world)
  await world.app.backup(join(folder, 'backup'))
  const answers = await answersOf(world, secrets)
  writeFileSync(join(folder, 'answers.json'), `${JSON.stringify({ secrets, answers }, null, 2)}\n`)
} finally {
  await world.close()
}
