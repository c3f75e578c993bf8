import { spawn } from 'node:child_process'
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const stamp = join(root, 'dist/web/.built')

/** What the pages are made from. Anything newer than the last build means that they are built again. */
const sources = [
  'src/web',
  'src/features',
  'src/history',
  'src/requirements',
  'vite.config.ts',
  'package-lock.json',
]

function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  if (!found.isDirectory()) return found.mtimeMs
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

export function isWebBuilt(): boolean {
  const built = statSync(stamp, { throwIfNoEntry: false })
  return (
    built !== undefined && sources.every((source) => newest(join(root, source)) <= built.mtimeMs)
  )
}

/** Builds the pages once when they are missing or older than their sources. Takes a few seconds. */
export async function buildWebIfNeeded(say: (line: string) => void): Promise<void> {
  if (isWebBuilt()) return
  say('Building the pages (once, a few seconds) …')
  // Taken before the build, so that a source changed during it counts as newer.
  const started = new Date()
  await new Promise<void>((done, fail) => {
    const vite = spawn(
      process.execPath,
      [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
      {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    )
    vite.on('error', fail)
    vite.on('exit', (code) =>
      code === 0
        ? done()
        : fail(new Error('The pages could not be built; the lines above say why.')),
    )
  })
  writeFileSync(stamp, `${started.toISOString()}\n`)
  utimesSync(stamp, started, started)
}
