/** A git repository that is served over smart HTTP, as far as a shallow fetch of one branch needs it. */
import * as fs from 'node:fs'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import git from 'isomorphic-git'

export interface Repository {
  readonly dir: string
  /** The next commit on `main` holds exactly these files. */
  readonly commit: (files: Readonly<Record<string, string>>) => Promise<void>
  readonly remove: () => void
}

const author = { name: 'Vendor', email: 'docs@vendor.example', timestamp: 1_760_000_000 }

export async function makeRepository(): Promise<Repository> {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-site-git-'))
  await git.init({ fs, dir, defaultBranch: 'main' })
  return {
    dir,
    async commit(files) {
      for (const filepath of await git.listFiles({ fs, dir })) {
        await git.remove({ fs, dir, filepath })
        rmSync(join(dir, filepath), { force: true })
      }
      for (const [filepath, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, filepath)), { recursive: true })
        writeFileSync(join(dir, filepath), text)
        await git.add({ fs, dir, filepath })
      }
      await git.commit({ fs, dir, message: 'Change the documentation', author })
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

/** gitprotocol-http: the advertisement of references, and one pack with everything that the wanted commit needs. */
export async function answerGit(
  { dir }: Repository,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const head = await git.resolveRef({ fs, dir, ref: 'main' })
  if (path.startsWith('/info/refs')) {
    const abilities = 'shallow side-band-64k ofs-delta symref=HEAD:refs/heads/main agent=site'
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' })
    response.end(
      Buffer.concat([
        line('# service=git-upload-pack\n'),
        flush,
        line(`${head} HEAD\0${abilities}\n`),
        line(`${head} refs/heads/main\n`),
        flush,
      ]),
    )
    return
  }
  const asked = await collected(request)
  const { packfile } = await git.packObjects({ fs, dir, oids: await objectsOf(dir, head) })
  const parts = [line('NAK\n')]
  if (asked.includes('deepen')) parts.unshift(line(`shallow ${head}`), flush)
  const pack = Buffer.from(packfile ?? new Uint8Array())
  for (let at = 0; at < pack.length; at += 60_000)
    parts.push(line(Buffer.concat([Buffer.from([1]), pack.subarray(at, at + 60_000)])))
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' })
  response.end(Buffer.concat([...parts, flush]))
}

const flush = Buffer.from('0000')

function line(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes])
}

async function collected(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('latin1')
}

async function objectsOf(dir: string, commit: string): Promise<string[]> {
  const { commit: head } = await git.readCommit({ fs, dir, oid: commit })
  const oids = [commit]
  const pending = [head.tree]
  for (let oid = pending.pop(); oid !== undefined; oid = pending.pop()) {
    oids.push(oid)
    const { tree } = await git.readTree({ fs, dir, oid })
    for (const entry of tree) (entry.type === 'tree' ? pending : oids).push(entry.oid)
  }
  return [...new Set(oids)]
}
