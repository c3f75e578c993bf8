/**
 * The text files of one commit of a git repository, in a thread: unpacking is work for the processor, and isomorphic-git does
 * it where it is called. Only the newest commit of the branch is fetched.
 */
import * as fs from 'node:fs'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import git from 'isomorphic-git'
import type { FailureKind } from '../schema.ts'
import { pagePath } from '../sources/index.ts'
import { GitOut, gitHttp, type GitHttpOptions } from './git.http.ts'

export interface GitInput extends GitHttpOptions {
  readonly url: string
  /** The default branch when left out. */
  readonly branch?: string
  /** Without slashes around it; empty: everything. */
  readonly folder: string
  /** What was read last: while the branch stands there, nothing is fetched. */
  readonly knownCommit: string | null
  /** Ids of the files of known pages, by the page's path: their bytes need not come again. */
  readonly knownFiles: ReadonlyMap<string, string | null>
}

export interface GitFile {
  /** Below the folder. */
  readonly path: string
  /** The page's path in the collection. */
  readonly page: string
  readonly oid: string
  /** Null where the bytes are known. */
  readonly bytes: Uint8Array | null
}

export type GitOutput =
  | { readonly ok: true; readonly commit: string; readonly files: readonly GitFile[] | null }
  | {
      readonly ok: false
      readonly kind: FailureKind
      readonly status: number | null
      readonly message: string
    }

const pageFile = /\.(?:md|mdx|markdown|txt|rst|adoc|html?)$/i
/** Files of one repository that are read; documentation of the largest products has some thousand. */
const maxFiles = 50_000

/** Never throws: what went wrong is in the answer. `files` is null while the branch stands where it stood. */
export async function gitTask(input: GitInput): Promise<GitOutput> {
  const http = gitHttp(input)
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-git-'))
  try {
    const head = await remoteHead(input, http)
    if (head.commit === input.knownCommit) return { ok: true, commit: head.commit, files: null }
    await git.clone({
      fs,
      http,
      dir,
      url: input.url,
      ref: head.branch,
      singleBranch: true,
      depth: 1,
      noCheckout: true,
      noTags: true,
    })
    const commit = await git.resolveRef({ fs, dir, ref: 'HEAD' })
    return { ok: true, commit, files: await filesOf(input, dir, commit) }
  } catch (error) {
    if (error instanceof GitOut)
      return { ok: false, kind: error.kind, status: error.status, message: error.message }
    const message = error instanceof Error ? error.message : 'unknown'
    return { ok: false, kind: 'unreadable', status: null, message: message.slice(0, 500) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function remoteHead(
  { url, branch }: GitInput,
  http: ReturnType<typeof gitHttp>,
): Promise<{ readonly branch: string; readonly commit: string }> {
  const info = await git.getRemoteInfo({ http, url })
  const name = branch ?? info.HEAD?.replace(/^refs\/heads\//, '')
  if (name === undefined)
    throw new GitOut('empty', 'The repository names no default branch; say which one is meant.')
  let at: unknown = (info.refs as Record<string, unknown> | undefined)?.['heads']
  for (const part of name.split('/'))
    at = at instanceof Object ? (at as Record<string, unknown>)[part] : undefined
  if (typeof at !== 'string') throw new GitOut('gone', `There is no branch ${name}.`)
  return { branch: name, commit: at }
}

async function filesOf(input: GitInput, dir: string, commit: string): Promise<GitFile[]> {
  const files: GitFile[] = []
  const top = await treeAt(dir, commit, input.folder)
  const pending: { readonly oid: string; readonly path: string }[] = [{ oid: top, path: '' }]
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    const { tree } = await git.readTree({ fs, dir, oid: one.oid })
    for (const entry of tree) {
      const path = one.path === '' ? entry.path : `${one.path}/${entry.path}`
      if (entry.type === 'tree') pending.push({ oid: entry.oid, path })
      // Submodules have the type commit, symbolic links the mode 120000: neither is a page.
      if (entry.type !== 'blob' || entry.mode === '120000' || !pageFile.test(path)) continue
      if (files.length === maxFiles)
        throw new GitOut('too_large', `There are more than ${maxFiles} pages in it.`)
      const page = pathOfFile(path)
      const known = input.knownFiles.get(page) === entry.oid
      const bytes = known ? null : (await git.readBlob({ fs, dir, oid: entry.oid })).blob
      files.push({ path, page, oid: entry.oid, bytes })
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

const pathOfFile = (path: string): string =>
  pagePath(`https://file/${path.split('/').map(encodeURIComponent).join('/')}`, 'https://file/')

async function treeAt(dir: string, commit: string, folder: string): Promise<string> {
  try {
    const { oid } = await git.readTree({
      fs,
      dir,
      oid: commit,
      ...(folder === '' ? {} : { filepath: folder }),
    })
    return oid
  } catch {
    throw new GitOut('gone', `There is no folder ${folder} in the branch.`)
  }
}
