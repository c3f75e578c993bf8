import { execFileSync, type ExecFileSyncOptions } from 'node:child_process'
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImportState, Snapshot } from '#features/watch/schema.ts'
import { run, startServer, temporaryFolder, type Server } from './server.ts'

// A history with everything that makes histories hard, in by the command line, out by the API, out as a repository.

const repository = temporaryFolder()
const noon = 1_767_614_400
let server: Server
beforeAll(async () => {
  makeHistory()
  server = await startServer()
})
afterAll(() => server.end('SIGTERM'))

const who = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@acme.example',
  GIT_AUTHOR_DATE: '1000000000 +0000',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@acme.example',
}
function git(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Buffer {
  const options: ExecFileSyncOptions = {
    env: { ...process.env, ...who, ...env },
    maxBuffer: 100_000_000,
  }
  try {
    return execFileSync('git', ['-C', folder, ...args], options) as Buffer
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Error('This suite needs git. Install it (apt-get install git) and run it again.', {
      cause: error,
    })
  }
}

/** A name as bytes: not every file name is UTF-8. */
const at = (name: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${repository}/`), Buffer.from(name as string)])
function put(name: string | Buffer, content: string | Buffer): void {
  if (typeof name === 'string') mkdirSync(dirname(join(repository, name)), { recursive: true })
  writeFileSync(at(name), content)
}
function commit(seconds: number, message: string): void {
  git(repository, ['add', '-A'])
  git(repository, ['commit', '-q', '-m', message], {
    GIT_COMMITTER_DATE: `${noon + seconds} +0530`,
  })
}

const latin = Buffer.from('Gr\xf6\xdfe\n', 'latin1')
const [acute, grave] = [Buffer.from('caf\xe9.md', 'latin1'), Buffer.from('caf\xe8.md', 'latin1')]
const html = (text: string): string =>
  `<!doctype html><title>Page</title><main><h1>Page</h1><p>${text}</p></main>`

function makeHistory(): void {
  git(repository, ['init', '-q', '--initial-branch=main'])
  put('guide.md', '# Guide\n\nOne.\n')
  put('crlf.md', '# Lines\r\n\r\nwith returns\r\n')
  put('noend.md', 'no line feed at the end')
  put('empty.md', '')
  put('latin.md', latin)
  put('page.html', html('One.'))
  put('logo.png', Buffer.from([137, 80, 78, 71, 0, 255]))
  put('notes/plain.txt', 'Plain.\n')
  commit(0, 'first')
  put('guide.md', '# Guide\n\nTwo.\n')
  commit(0, 'the same second')
  put('guide.md', '# Guide\n\nThree.\n')
  commit(0, 'and once more')
  mkdirSync(join(repository, 'intro'))
  renameSync(join(repository, 'guide.md'), join(repository, 'intro/guide.md'))
  put('intro/guide.md', '# Guide\n\nThree.\n\nMoved.\n')
  commit(65, 'rename with a change')
  rmSync(join(repository, 'noend.md'))
  put('page.html', html('Two.'))
  commit(130, 'delete')
  put(acute, 'acute\n')
  put(grave, 'grave\n')
  commit(200, 'names in another encoding')
  chmodSync(join(repository, 'crlf.md'), 0o755)
  commit(260, 'only a mode')
  git(repository, ['checkout', '-q', '-b', 'side'])
  put('side.md', 'from the side\n')
  commit(300, 'on a branch')
  git(repository, ['checkout', '-q', 'main'])
  put('crlf.md', '# Lines\r\n\r\nwith other returns\r\n')
  commit(330, 'on the line')
  git(repository, ['merge', '-q', '--no-ff', '--no-commit', 'side'])
  commit(390, 'merge')
  put('noend.md', 'back, without a line feed')
  put('notes/plain.txt', 'Plain.\nLonger.')
  commit(460, 'back again')
}

/** Which page a file is; undefined where it is none. */
const pageOf: Readonly<Record<string, string>> = {
  'guide.md': 'guide',
  'crlf.md': 'crlf',
  'noend.md': 'noend',
  'empty.md': 'empty',
  'latin.md': 'latin',
  'page.html': 'page',
  'notes/plain.txt': 'notes/plain.txt',
  'intro/guide.md': 'intro/guide',
  'side.md': 'side',
}
const pages = Object.values(pageOf)
/** What the files of a commit are, by name as bytes in latin1. */
function filesOf(folder: string, id: string): ReadonlyMap<string, Buffer> {
  const names = git(folder, ['ls-tree', '-r', '-z', '--name-only', id]).toString('latin1')
  const hashes = git(folder, ['ls-tree', '-r', '-z', '--object-only', id]).toString().split('\0')
  return new Map(
    names
      .split('\0')
      .filter((name) => name !== '')
      .map((name, n) => [name, git(folder, ['cat-file', 'blob', hashes[n] ?? ''])]),
  )
}
const lineOf = (folder: string): readonly (readonly [id: string, at: number])[] =>
  git(folder, ['log', '--first-parent', '--reverse', '--format=%H %ct', 'main'])
    .toString()
    .trim()
    .split('\n')
    .map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1]) * 1000])

const collection = 'acme/hard/docs/en'
const base = `/api/v1/watch/${collection}`
const gatehouse = (args: readonly string[], env = server.env) =>
  run(['src/cli/main.ts', 'watch', ...args], env)
const order = ['import', '--git', repository, '--collection', collection]
const snapshots = async (): Promise<readonly Snapshot[]> => {
  const { json } = await server.admin('GET', `${base}/snapshots/all`)
  return (json as { items: Snapshot[] }).items.toReversed()
}
async function bytesOf(page: string, stamp: string): Promise<Buffer | number> {
  const path = page.split('/').map(encodeURIComponent).join('/')
  const response = await fetch(`${server.url}${base}/pages/${path}?format=raw&at=${stamp}`, {
    headers: { authorization: `Bearer ${server.env['GATEHOUSE_KEY'] ?? ''}` },
  })
  return response.ok ? Buffer.from(await response.arrayBuffer()) : response.status
}

describe('a git history', () => {
  it('says what is missing where there is no git', async () => {
    const { code, err } = await gatehouse([...order, '--create'], {
      ...server.env,
      PATH: '/nowhere',
    })
    expect(code).toBe(1)
    expect(err).toMatch(/^git cannot be started/)
  })

  it('comes in with its true times, every page at every time byte for byte', async () => {
    const { code, out, err } = await gatehouse([...order, '--create'])
    expect([code, err.includes('rror')]).toEqual([0, false])
    expect(out).toMatch(/^10 commits are in/)
    // A commit of nothing but a mode is no snapshot.
    const line = lineOf(repository).filter(([id]) => !messageOf(id).startsWith('only a mode'))
    const all = await snapshots()
    expect(all.map((s) => s.at)).toEqual(line.map(([, time]) => time))
    expect(all.slice(0, 3).map((s) => s.stamp)).toEqual([
      '2026-01-05-1200',
      '2026-01-05-1200-2',
      '2026-01-05-1200-3',
    ])
    let compared = 0
    for (const [n, [id]] of line.entries()) {
      const files = filesOf(repository, id)
      const stamp = all[n]?.stamp ?? ''
      for (const page of pages) {
        const file = [...files.keys()].find((name) => pageOf[name] === page)
        const wanted = file === undefined ? 404 : files.get(file)
        expect([id, page, await bytesOf(page, stamp)]).toEqual([id, page, wanted])
        compared++
      }
    }
    expect(compared).toBe(pages.length * line.length)
  })

  it('keeps files apart whose names are no UTF-8', async () => {
    const { json } = await server.admin('GET', `${base}/pages?limit=500`)
    const cafes = (json as { items: { page: string }[] }).items
      .map(({ page }) => page)
      .filter((page) => page.startsWith('caf'))
    expect(cafes).toHaveLength(2)
    const last = (await snapshots()).at(-1)?.stamp ?? ''
    const texts = await Promise.all(cafes.map((page) => bytesOf(page, last)))
    expect(texts.map(String).toSorted()).toEqual(['acute\n', 'grave\n'])
  })

  it('says of each step what git says', async () => {
    const { json } = await server.admin('GET', `${base}/snapshots/all`)
    const steps = (json as { items: Snapshot[] }).items.toReversed()
    // The rename, the deletion, the file that came back.
    expect(steps[3]).toMatchObject({ pages: 1, added: 2, removed: 0, newPages: 0, gonePages: 0 })
    expect(steps[4]).toMatchObject({ gonePages: 1 })
    expect(steps.at(-1)).toMatchObject({ newPages: 1 })
    const move = `${base}/changes/${String(steps[2]?.stamp)}/${String(steps[3]?.stamp)}`
    const changes = await server.admin('GET', move)
    expect(changes.json.items).toMatchObject([
      { page: 'intro/guide', kind: 'moved', movedFrom: 'guide' },
    ])
  })

  it('comes out as a repository with the same times and texts', async () => {
    const folder = join(temporaryFolder(), 'exported')
    const done = await gatehouse(['export', '--collection', collection, '--git', folder])
    expect([done.code, done.err]).toEqual([0, ''])
    const [theirs, ours] = [lineOf(repository), lineOf(folder)]
    const kept = theirs.filter(([id]) => !messageOf(id).startsWith('only a mode'))
    expect(ours.map(([, time]) => time)).toEqual(kept.map(([, time]) => time))
    for (const [n, [id]] of kept.entries()) {
      const before = filesOf(repository, id)
      const after = filesOf(folder, ours[n]?.[0] ?? '')
      const wanted = new Map(
        [...before].flatMap(([file, bytes]): [string, string][] => {
          const page = pageOf[file]
          if (page === undefined) return []
          // The text of a page: of HTML its Markdown, of bytes that are no UTF-8 what can be read of them.
          if (file === 'page.html') return [['page.md', pageText(bytes)]]
          return [[`${page}.md`, bytes.toString()]]
        }),
      )
      const found = [...after].filter(([name]) => !name.startsWith('caf'))
      expect([id, new Map(found.map(([k, v]) => [k, v.toString()]))]).toEqual([id, wanted])
    }
    expect(git(folder, ['fsck', '--strict', '--no-dangling']).toString()).toBe('')
    expect(git(folder, ['status', '--porcelain']).toString()).toBe('')
  })

  it('is the same as its patches, one step after the other', async () => {
    const [whole, built] = [join(temporaryFolder(), 'whole'), join(temporaryFolder(), 'built')]
    await gatehouse(['export', '--collection', collection, '--git', whole])
    const line = lineOf(whole)
    const stamps = (await snapshots()).map((s) => s.stamp)
    git(join(whole, '..'), ['clone', '-q', whole, built])
    git(built, ['checkout', '-q', line[0]?.[0] ?? ''])
    for (let n = 1; n < stamps.length; n++) {
      const [from = '', to = ''] = stamps.slice(n - 1)
      const patch = await gatehouse(['diff', from, to, '--collection', collection])
      expect([patch.code, patch.err]).toEqual([0, ''])
      const file = join(temporaryFolder(), 'step.patch')
      writeFileSync(file, patch.out)
      git(built, ['apply', '--index', file])
      const tree = git(built, ['write-tree']).toString().trim()
      const wanted = git(whole, ['rev-parse', `${line[n]?.[0] ?? ''}^{tree}`])
        .toString()
        .trim()
      expect([from, to, git(built, ['diff', '--name-status', wanted, tree]).toString()]).toEqual([
        from,
        to,
        '',
      ])
    }
  })

  it('adds nothing when it is imported again', async () => {
    const state = async (): Promise<ImportState | undefined> =>
      (await server.admin('GET', `${base}/imports`)).json.items[0] as ImportState | undefined
    const settled = async (): Promise<ImportState | undefined> => {
      for (;;) {
        const now = await state()
        if (now?.state === 'done') return now
        await new Promise((go) => setTimeout(go, 50))
      }
    }
    const [before, were] = [await settled(), await snapshots()]
    const again = await gatehouse(order)
    expect([again.code, again.err.includes('rror')]).toEqual([0, false])
    const after = await settled()
    expect([after?.received, after?.versions]).toEqual([before?.received, before?.versions])
    expect(await snapshots()).toEqual(were)
    const verify = await gatehouse(['verify', '--collection', collection])
    expect([verify.code, verify.out]).toEqual([0, expect.stringContaining('0 are damaged')])
  })
})

const messageOf = (id: string): string =>
  git(repository, ['log', '-1', '--format=%s', id]).toString()
const pageText = (bytes: Buffer): string =>
  `# Page\n\n${/<p>(.*)<\/p>/.exec(bytes.toString())?.[1] ?? ''}\n`
