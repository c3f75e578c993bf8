/**
 * Reads the history of files out of a git repository, oldest commit first, for the benches that run
 * on real histories. Git itself is the reader: `git log --raw` says what each commit changed, one
 * `git cat-file --batch` hands out the contents.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

export interface HistoryFile {
  /** From the root of the repository. */
  readonly path: string
  /** Null when the commit deleted the file. */
  readonly blob: Buffer | null
}

export interface HistoryCommit {
  /** The committer's time in ms. */
  readonly at: number
  readonly message: string
  /** Only what this commit added, changed or deleted; symbolic links and submodules are left out. */
  readonly files: readonly HistoryFile[]
}

export interface HistoryOptions {
  /** Only files below this folder, `docs/en` for example. */
  readonly folder?: string | undefined
  /** Only files with these endings; all when left out. */
  readonly endings?: readonly string[] | undefined
}

/**
 * The commits on the first-parent line of `HEAD` that touch such files, oldest first. A merge
 * counts as one commit with everything that it brought. A renamed file is one deleted and one added.
 */
export async function* readHistory(
  repository: string,
  { folder, endings }: HistoryOptions = {},
): AsyncGenerator<HistoryCommit> {
  const wanted = (path: string) => endings?.some((ending) => path.endsWith(ending)) ?? true
  const commits = await listCommits(repository, folder)
  const blobs = openBlobs(repository)
  try {
    for (const { at, message, changes } of commits) {
      const files: HistoryFile[] = []
      for (const { path, id } of changes) {
        if (wanted(path)) files.push({ path, blob: id === null ? null : await blobs.read(id) })
      }
      if (files.length > 0) yield { at, message, files }
    }
  } finally {
    blobs.close()
  }
}

interface Listed {
  readonly at: number
  readonly message: string
  readonly changes: { readonly path: string; readonly id: string | null }[]
}

async function listCommits(repository: string, folder?: string): Promise<readonly Listed[]> {
  const args = ['log', '--first-parent', '--diff-merges=first-parent', '--root', '--reverse']
  args.push('-z', '--raw', '--no-abbrev', '--no-renames', '--format=%x01%ct %s')
  if (folder !== undefined) args.push('--', folder)
  const commits: Listed[] = []
  // With -z a record is "\x01time subject", then ":modes ids status" and the path in turns.
  let change: readonly string[] | null = null
  for (const piece of (await git(repository, args)).split('\0')) {
    const token = piece.replace(/^\n/, '')
    if (change !== null) {
      const [, mode = '', , id = '', status] = change
      const plain = mode.startsWith('100')
      if (status === 'D') commits.at(-1)?.changes.push({ path: token, id: null })
      else if (plain) commits.at(-1)?.changes.push({ path: token, id })
      change = null
    } else if (token.startsWith('\x01')) {
      const space = token.indexOf(' ')
      const at = Number(token.slice(1, space)) * 1000
      commits.push({ at, message: token.slice(space + 1), changes: [] })
    } else if (token.startsWith(':')) change = token.split(' ')
  }
  return commits
}

/** What a git command prints. Throws with its error text when it fails. */
export async function git(repository: string, args: readonly string[]): Promise<string> {
  const child = spawn('git', ['-C', repository, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close') as Promise<[number | null]>
  const [out, err] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()])
  const [code] = await ended
  if (code !== 0) throw new Error(`git ${args[0] ?? ''} failed: ${Buffer.concat(err).toString()}`)
  return Buffer.concat(out as Buffer[]).toString()
}

interface Blobs {
  read(id: string): Promise<Buffer>
  close(): void
}

function openBlobs(repository: string): Blobs {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    'git',
    ['-C', repository, 'cat-file', '--batch'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const input = child.stdout.iterator({ destroyOnReturn: false })
  let held = Buffer.alloc(0)
  const pull = async (): Promise<void> => {
    const next = (await input.next()) as IteratorResult<Buffer>
    if (next.done === true) throw new Error('git cat-file ended early')
    held = Buffer.concat([held, next.value])
  }
  const take = async (bytes: number): Promise<Buffer> => {
    while (held.length < bytes) await pull()
    const taken = held.subarray(0, bytes)
    held = held.subarray(bytes)
    return taken
  }
  return {
    async read(id) {
      child.stdin.write(`${id}\n`)
      let feed = held.indexOf(10)
      while (feed === -1) {
        await pull()
        feed = held.indexOf(10)
      }
      const header = (await take(feed + 1)).toString()
      const size = Number(header.split(' ')[2])
      if (!Number.isInteger(size)) throw new Error(`git cat-file: ${header.trim()}`)
      const blob = Buffer.from(await take(size))
      await take(1)
      return blob
    },
    close() {
      child.stdin.end()
    },
  }
}
