import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ApiRefusal } from './api.ts'

/** Refuses where there is no git, before a command that fails is taken for what it says of a repository. */
export async function requireGit(): Promise<void> {
  await git('.', 'version')
}

/** What a git command prints, without the last line feed. Refuses with git's own words when it fails. */
export async function git(repository: string, ...args: readonly string[]): Promise<string> {
  const child = spawn('git', ['-C', repository, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close').catch(missing) as Promise<[number | null]>
  const [out, err, [code]] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    ended,
  ])
  const said = Buffer.concat(err as Buffer[])
    .toString()
    .trim()
  if (code !== 0) throw new ApiRefusal(`git ${args[0] ?? ''} failed: ${said}`)
  return Buffer.concat(out as Buffer[])
    .toString()
    .replace(/\n$/, '')
}

/** Runs git with a stream as its input. */
export async function gitTakes(
  repository: string,
  stream: AsyncIterable<Buffer>,
  ...args: readonly string[]
): Promise<void> {
  const child = spawn('git', ['-C', repository, ...args], { stdio: ['pipe', 'ignore', 'pipe'] })
  const failed = once(child, 'error').then(([error]) => missing(error))
  const ended = once(child, 'close') as Promise<[number | null]>
  const errors = child.stderr.toArray()
  // It may end before it has read everything; its exit code says why.
  child.stdin.on('error', () => undefined)
  const written = (async () => {
    for await (const piece of stream)
      if (!child.stdin.write(piece)) await Promise.race([once(child.stdin, 'drain'), ended])
    child.stdin.end()
  })()
  try {
    await Promise.race([written, failed])
  } catch (error) {
    child.stdin.destroy()
    throw error
  }
  const [code] = await ended
  const said = Buffer.concat((await errors) as Buffer[])
    .toString()
    .trim()
  if (code !== 0) throw new ApiRefusal(`git ${args[0] ?? ''} failed: ${said}`)
}

/** The history of a branch along its first parents, as `git fast-export` writes it. */
export async function* gitHistory(
  repository: string,
  range: string,
  folder: string,
): AsyncGenerator<Buffer> {
  const child = spawn(
    'git',
    [
      '-C',
      repository,
      'fast-export',
      '--first-parent',
      '--show-original-ids',
      '--use-done-feature',
      '--reencode=no',
      '--signed-tags=strip',
      '--no-renames',
      // Without it the first commit of a range would be its whole tree, and what it deleted unknown.
      '--reference-excluded-parents',
      range,
      '--',
      ...(folder === '' ? [] : [folder]),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const ended = once(child, 'close') as Promise<[number | null]>
  const errors = child.stderr.toArray()
  try {
    for await (const piece of child.stdout) yield piece as Buffer
    const [code] = await ended
    if (code !== 0)
      throw new ApiRefusal(
        `git fast-export failed: ${Buffer.concat((await errors) as Buffer[])
          .toString()
          .trim()}`,
      )
  } finally {
    child.kill()
  }
}

const missing = (error: unknown): never => {
  throw new ApiRefusal(
    `git cannot be started (${(error as Error).message}). Install it, or add its folder to PATH.`,
  )
}
