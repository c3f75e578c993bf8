/** A git repository as a source: the pages are the text files of a folder in a branch. */
import { hash } from 'node:crypto'
import type { Pool } from '#kernel/pool.ts'
import type { KnownSource } from '../collections/settings.ts'
import type { Found } from '../sources/index.ts'
import { readBytes, type Checked } from './check.ts'
import type { Checking, Failure } from './checking.ts'
import { eachAtOnce } from './limit.ts'
import type { GitFile, gitTask } from './git.task.ts'

type GitSource = Extract<KnownSource, { kind: 'git' }>

/** What is known of git sources from the run before. */
export interface GitFiles {
  /** Threads of its own, so that fetching a repository keeps nobody else waiting. */
  readonly pool: Pool
  /** The commit that all pages of a source were read from, else null. */
  readonly commitOf: (sourceId: string) => string | null
  /** The page paths of a source with the ids and addresses of their files. */
  readonly filesOf: (
    sourceId: string,
  ) => ReadonlyMap<string, { readonly oid: string | null; readonly url: string }>
}

interface GitListing {
  readonly checking: Checking
  readonly exceptions: readonly string[]
  readonly git: GitFiles
}

export type GitFound =
  | { readonly ok: true; readonly found: readonly (Found & { readonly checked: Checked })[] }
  | { readonly ok: false; readonly failure: Failure }

const maxPackBytes = 300_000_000
const timeoutMs = 5 * 60_000

export async function readGit(
  { checking, exceptions, git }: GitListing,
  source: GitSource,
): Promise<GitFound> {
  const known = git.filesOf(source.id)
  const refused = refusedScheme(source.url, exceptions)
  if (refused) return { ok: false, failure: refused }
  const result = await git.pool.run<typeof gitTask>(
    new URL('./git.task.ts', import.meta.url),
    'gitTask',
    {
      url: source.url,
      ...(source.branch === undefined || source.branch === '' ? {} : { branch: source.branch }),
      folder: source.folder.replace(/^\/+|\/+$/g, ''),
      knownCommit: git.commitOf(source.id),
      knownFiles: new Map([...known].map(([path, { oid }]) => [path, oid])),
      exceptions,
      headers: checking.headersFor(source.url),
      maxBytes: maxPackBytes,
      timeoutMs,
    },
  )
  checking.signal.throwIfAborted()
  if (!result.ok) return { ok: false, failure: failureOf(source, 'timeout', result.error.message) }
  const { value } = result
  if (!value.ok)
    return { ok: false, failure: failureOf(source, value.kind, value.message, value.status) }
  const { commit } = value
  if (value.files === null)
    return {
      ok: true,
      found: [...known].map(([path, { oid, url }]) => ({
        url,
        path,
        title: null,
        changedAt: null,
        checked: same(oid, commit, url),
      })),
    }
  const found = new Map<string, Found & { readonly checked: Checked }>()
  await eachAtOnce(value.files, 2, async (file) => {
    const url = fileUrl(source, file.path)
    const path = file.page
    // `a.md` and `a/index.md` are one page: the first counts.
    if (found.has(path)) return
    const base = { url, path, title: null, changedAt: null }
    found.set(path, { ...base, checked: same(file.oid, commit, url) })
    if (file.bytes === null) return
    found.set(path, { ...base, checked: await readFile(checking, file, file.bytes, commit, url) })
  })
  return { ok: true, found: [...found.values()] }
}

/** Of a page from git the id of its file stands for its ETag, and the commit for its date. */
const same = (oid: string | null, commit: string, url: string): Checked => ({
  is: 'same',
  links: [],
  canonical: null,
  etag: oid,
  lastModified: commit,
  fetchUrl: url,
  movedTo: null,
})

async function readFile(
  checking: Checking,
  file: GitFile,
  bytes: Uint8Array,
  commit: string,
  url: string,
): Promise<Checked> {
  const read = await readBytes(checking, {
    bytes,
    contentType: null,
    url: `https://file/${encodeURI(file.path)}`,
  })
  if (!read.ok) return { is: 'failed', failure: { ...read.failure, url } }
  const { page } = read
  return {
    is: 'read',
    bytes,
    sha256: hash('sha256', bytes, 'hex'),
    contentType: null,
    text: page.text,
    title: page.title,
    format: page.kind,
    extractor: page.extractor,
    links: [],
    canonical: null,
    etag: file.oid,
    lastModified: commit,
    fetchUrl: url,
    movedTo: null,
  }
}

/** http is for hosts that are an exception: a history that anybody on the way can rewrite is worth nothing. */
function refusedScheme(address: string, exceptions: readonly string[]): Failure | undefined {
  const url = new URL(address)
  if (url.protocol === 'https:') return undefined
  if (exceptions.includes(`${url.hostname}:${url.port || '80'}`)) return undefined
  return {
    kind: 'refused_address',
    url: address,
    status: null,
    message: 'A git repository is fetched over https only.',
    remedy: 'Give its https address, or add host and port to the outbound exceptions.',
  }
}

const failureOf = (
  source: GitSource,
  kind: Failure['kind'],
  message: string,
  status: number | null = null,
): Failure => ({ kind, url: source.url, status, message, remedy: remedies[kind] ?? remedy })

const remedy = 'Check that the repository can be cloned over https from this server.'
const remedies: Partial<Record<Failure['kind'], string>> = {
  blocked: 'Store an authorization header for its origin, or make the repository public.',
  gone: 'Check the address, the branch and the folder.',
  refused_address: 'If it is meant, add its host:port to the outbound exceptions.',
  too_large: 'Watch a folder of it by another source, or a smaller repository.',
}

/** Where people look at the file. */
function fileUrl(source: GitSource, path: string): string {
  const base = source.url.replace(/\/+$/, '').replace(/\.git$/, '')
  const whole = [source.folder.replace(/^\/+|\/+$/g, ''), path].filter((p) => p !== '').join('/')
  const { hostname } = new URL(base)
  const branch = source.branch === undefined || source.branch === '' ? 'HEAD' : source.branch
  if (hostname === 'github.com') return `${base}/blob/${branch}/${encodeURI(whole)}`
  if (hostname === 'gitlab.com') return `${base}/-/blob/${branch}/${encodeURI(whole)}`
  return `${base}#${encodeURI(whole)}`
}
