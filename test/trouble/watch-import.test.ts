import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImportState, Snapshot } from '#src/features/watch/schema.ts'
import { root, run, startServer, temporaryFolder, watch, type Server } from './server.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.end('SIGKILL'))

const repository = temporaryFolder()
const start = 1_700_000_000
let commits = 0

function git(...args: string[]): string {
  const time = `${start + commits * 100} +0200`
  const env = {
    ...process.env,
    GIT_AUTHOR_DATE: '1000000000 +0000',
    GIT_COMMITTER_DATE: time,
    GIT_CONFIG_GLOBAL: '/dev/null',
  }
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example']
  return execFileSync('git', ['-C', repository, ...who, ...args], { env, encoding: 'utf8' })
}
const write = (path: string, text: string | Buffer): void => {
  mkdirSync(join(repository, dirname(path)), { recursive: true })
  writeFileSync(join(repository, path), text)
}
function commit(): void {
  git('add', '-A')
  git('commit', '--quiet', '--allow-empty', '-m', `commit ${commits}`)
  commits++
}

/** Everything a history does: renames, links, binary and odd files, merges, empty commits, two in a minute. */
function makeHistory(): void {
  git('init', '--quiet', '--initial-branch=trunk')
  write('README.md', 'outside\n')
  write('docs/a.md', '# A\r\n\r\nno end')
  write('docs/ä ö/ü "x".md', 'umlauts\n')
  write('docs/logo.png', Buffer.from([0, 1, 2]))
  write('docs/binary.md', Buffer.from([0x23, 0, 0xff]))
  symlinkSync('a.md', join(repository, 'docs/link.md'))
  commit()
  write('README.md', 'not in the folder\n')
  commit()
  git('checkout', '--quiet', '-b', 'side')
  write('docs/side.md', 'from the side\n')
  commit()
  git('checkout', '--quiet', 'trunk')
  renameSync(join(repository, 'docs/a.md'), join(repository, 'docs/b.mdx'))
  commit()
  git('merge', '--quiet', '--no-ff', '-m', 'merge', 'side')
  commits++
  for (let n = 0; n < 60; n++) {
    write('docs/b.mdx', `# B\n\n${'words\n'.repeat(n)}`)
    write(`docs/many/${n % 7}.md`, `page ${n}\n`)
    commit()
  }
  rmSync(join(repository, 'docs/side.md'))
  commit()
}

const order = ['watch', 'import', '--git', repository, '--folder', 'docs', '--branch', 'trunk']
const gatehouse = (...args: string[]) => run(['src/cli/main.ts', ...args], server.env)
const collection = 'acme/cli/docs/en'
const base = `/api/v1/watch/${collection}`
const importState = async (): Promise<ImportState | undefined> => {
  const { json } = await server.admin('GET', `${base}/imports`)
  return (json as { items?: ImportState[] }).items?.[0]
}

/** Every page of every commit of the folder's first-parent line, as git has it and as Gatehouse gives it. */
async function compareAll(): Promise<number> {
  const all = await server.admin('GET', `${base}/snapshots/all`)
  const { items } = all.json as { items: Snapshot[] }
  const log = git('log', '--first-parent', '--reverse', '--format=%H %ct', 'trunk', '--', 'docs')
  const lines = log.trim().split('\n')
  expect(items.toReversed().map((s) => s.at)).toEqual(
    lines.map((line) => Number(line.split(' ')[1]) * 1000),
  )
  let compared = 0
  for (const [n, line] of lines.entries()) {
    const id = line.split(' ')[0] ?? ''
    const listed = git('ls-tree', '-r', '-z', '--format=%(objectmode) %(path)', id, 'docs/')
    const files = listed.split('\0').flatMap((l) => /^100\d+ docs\/(.*\.mdx?)$/.exec(l)?.[1] ?? [])
    for (const file of files.filter((f) => f !== 'binary.md')) {
      const page = file
        .replace(/\.mdx?$/, '')
        .replaceAll(/[ "]/g, (c) => (c === ' ' ? '~20' : '~22'))
      const address = page.split('/').map(encodeURIComponent).join('/')
      const stamp = items[items.length - 1 - n]?.stamp ?? ''
      const response = await fetch(`${server.url}${base}/pages/${address}?format=raw&at=${stamp}`, {
        headers: { authorization: `Bearer ${server.env['GATEHOUSE_KEY'] ?? ''}` },
      })
      expect([page, response.status]).toEqual([page, 200])
      expect(await response.text()).toBe(git('show', `${id}:docs/${file}`))
      compared++
    }
  }
  return compared
}

describe('gatehouse watch import', () => {
  it('goes on after the command, then the server, were killed', async () => {
    makeHistory()
    const args = ['src/cli/main.ts', ...order, '--collection', collection, '--create']
    const first = spawn(process.execPath, args, { cwd: root, env: server.env })
    const { ended } = watch(first)
    while ((await importState()) === undefined && first.exitCode === null)
      await new Promise((go) => setTimeout(go, 5))
    first.kill('SIGKILL')
    await ended
    const second = spawn(process.execPath, args, { cwd: root, env: server.env })
    const again = watch(second)
    await new Promise((go) => setTimeout(go, 300))
    await server.end('SIGKILL')
    server = await startServer(server.data, server.env)
    await again.ended
    const third = await gatehouse(...order, '--collection', collection)
    expect(third.code).toBe(0)
    expect(third.out).toMatch(/^64 commits are in, with \d+ versions of pages\./)
    expect(await compareAll()).toBeGreaterThan(400)
  })

  it('adds nothing the second time, and what is new later', async () => {
    const before = await importState()
    await gatehouse(...order, '--collection', collection)
    expect(await importState()).toMatchObject({
      received: before?.received,
      versions: before?.versions,
    })
    write('docs/c.md', 'new\n')
    rmSync(join(repository, 'docs/many/0.md'))
    commit()
    await gatehouse(...order, '--collection', collection)
    expect((await importState())?.received).toBe((before?.received ?? 0) + 1)
    await compareAll()
  })

  it('comes out as a repository that goes in again', async () => {
    const [one, two] = [join(temporaryFolder(), 'one'), join(temporaryFolder(), 'two')]
    expect(
      (await gatehouse('watch', 'export', '--collection', collection, '--git', one)).code,
    ).toBe(0)
    const copy = 'acme/cli/copy/en'
    const back = ['watch', 'import', '--git', one, '--collection', copy, '--create']
    expect((await gatehouse(...back)).code).toBe(0)
    expect((await gatehouse('watch', 'export', '--collection', copy, '--git', two)).code).toBe(0)
    const log = (folder: string) =>
      execFileSync('git', ['-C', folder, 'log', '--format=%T %ct'], { encoding: 'utf8' })
    expect(log(two)).toBe(log(one))
    expect(log(one).split('\n').length).toBeGreaterThan(60)
  })

  it('refuses a history that was rewritten, and what is no repository', async () => {
    git('commit', '--quiet', '--amend', '-m', 'rewritten')
    write('docs/c.md', 'other\n')
    commit()
    const rewritten = await gatehouse(...order, '--collection', collection)
    expect([rewritten.code, rewritten.out]).toEqual([1, ''])
    expect(rewritten.err).toMatch(/rewritten/)
    const nothing = await gatehouse(
      'watch',
      'import',
      '--git',
      '/nowhere',
      '--collection',
      collection,
    )
    expect(nothing.code).toBe(1)
    expect(nothing.err).toMatch(/^\/nowhere has no commit HEAD/)
  })
})
