import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Environment } from '../config.ts'
import { startServer } from '../serve.ts'
import { seed } from './seed.ts'

/**
 * `npm start -- --demo`: the invented company in a data folder of its own (GATEHOUSE_DEMO_DATA, default ./data-demo), on
 * the embedded database, whatever the real configuration says. Made once; later starts find it as it was left.
 */
export async function startDemo(env: Environment, say: (line: string) => void): Promise<void> {
  const folder = resolve(env['GATEHOUSE_DEMO_DATA'] ?? './data-demo')
  const note = join(folder, 'demo.json')
  const demoEnv = {
    ...Object.fromEntries(
      Object.entries(env).filter(([name]) => !name.startsWith('GATEHOUSE_INIT_')),
    ),
    DATABASE_URL: undefined,
    GATEHOUSE_KEY_FILE: undefined,
    GATEHOUSE_SMTP_URL: undefined,
    GATEHOUSE_DATA: folder,
  }
  if (!existsSync(note)) {
    say('Making the demo company (once, some seconds) …')
    // Made under another name: a company that was half made when the power went is never taken for a whole one.
    const half = `${folder}.making`
    rmSync(half, { recursive: true, force: true })
    if (existsSync(folder))
      throw new Error(
        `${folder} exists and holds no demo. Move it away, or set GATEHOUSE_DEMO_DATA.`,
      )
    const password = randomBytes(9).toString('base64url')
    const owner = await seed({ ...demoEnv, GATEHOUSE_DATA: half }, password)
    writeFileSync(join(half, 'demo.json'), `${JSON.stringify({ owner, password })}\n`, {
      mode: 0o600,
    })
    renameSync(half, folder)
  }
  await startServer(demoEnv, say)
  const { owner, password } = JSON.parse(readFileSync(note, 'utf8')) as {
    owner: string
    password: string
  }
  say('')
  say('  This is a demo: every person and every figure in it is made up.')
  say(`  Sign in as ${owner} with the password ${password}`)
}
