/** `gatehouse watch import`: a git history of documentation becomes snapshots with their true times. */
import { setPriority } from 'node:os'
import type { Collection, ImportBatch, ImportState } from '#features/watch/schema.ts'
import { importedFile } from '#features/watch/schema.ts'
import { api, ApiRefusal } from './api.ts'
import { readFastExport, type ExportedCommit } from './watch-fast-export.ts'
import { git, gitHistory, requireGit } from './watch-git.ts'
import { progress } from './watch-progress.ts'
import { openSpool } from './watch-spool.ts'

type Uploaded = ImportBatch['snapshots'][number]

/** Bytes and files of one upload: the server reads it in one piece, and others wait that long. */
const batchBytes = 500_000
const batchFiles = 150
/** A commit that is larger goes up in parts, each a snapshot of the same time. */
const snapshotBytes = 20_000_000
const snapshotFiles = 10_000

export interface ImportOrder {
  readonly repository: string
  /** Only what is below it; empty: everything. */
  readonly folder: string
  /** Null: what is checked out. */
  readonly branch: string | null
  /** `vendor/product/set/language`. */
  readonly collection: string
  readonly create: boolean
}

export async function importHistory(order: ImportOrder): Promise<ImportState> {
  const { branch } = order
  await requireGit()
  // Where it runs on the server's machine, those who wait for an answer go first.
  setPriority(10)
  // Folders are named from the top, also where the command names a folder of the repository.
  const top = await git(order.repository, 'rev-parse', '--show-toplevel').catch(() => '')
  const repository = top === '' ? order.repository : top
  const folder = order.folder.replace(/^\.?\/+|\/+$/g, '')
  const tip = await git(
    repository,
    'rev-parse',
    '--verify',
    '--quiet',
    `${branch ?? 'HEAD'}^{commit}`,
  ).catch(() => {
    throw new ApiRefusal(`${repository} has no commit ${branch ?? 'HEAD'}. Name one with --branch.`)
  })
  if (order.create) await ensureCollection(order.collection)
  const root = (await git(repository, 'rev-list', '--first-parent', tip)).split('\n').at(-1) ?? tip
  const path = `/api/v1/watch/${order.collection}/imports`
  const origin = `git:${root}:${folder}`
  const before = await api<ImportState>('POST', path, { origin, total: null })
  const range = await rangeAfter(repository, before.last, tip)
  const further = await git(
    repository,
    'rev-list',
    '--count',
    '--first-parent',
    range,
    '--',
    ...(folder === '' ? [] : [folder]),
  )
  const base = range === tip ? 0 : before.received
  const total = base + Number(further)
  const state = await api<ImportState>('POST', path, { origin, total })
  const bar = progress('Importing')
  bar.at(state.received, total)
  const spool = openSpool()
  try {
    const commits = readFastExport(gitHistory(repository, range, folder), spool)
    await upload(
      `${path}/${state.id}`,
      state,
      uploads(commits, folder, range === tip ? before.last : null),
      (n) => bar.at(n, total),
    )
  } finally {
    spool.close()
    bar.end()
  }
  return api<ImportState>('POST', `${path}/${state.id}/finish`)
}

async function ensureCollection(collection: string): Promise<void> {
  const [vendor, product, set, language] = collection.split('/')
  const list = await api<{ items: Pick<Collection, 'path'>[] }>(
    'GET',
    `/api/v1/watch/collections?limit=500&q=${encodeURIComponent(collection)}`,
  )
  if (list.items.some((c) => c.path === collection)) return
  await api('POST', '/api/v1/watch/collections', {
    vendor,
    product,
    set,
    language,
    title: `${vendor ?? ''} ${product ?? ''} ${set ?? ''}`,
    sources: [],
    schedule: { cron: '' },
  })
}

/** What of the branch is not taken in yet. All of it where the last upload was a part of a commit. */
async function rangeAfter(repository: string, last: string | null, tip: string): Promise<string> {
  if (last === null || !/^[0-9a-f]{40,64}$/.test(last)) return tip
  const line = (await git(repository, 'rev-list', '--first-parent', tip)).split('\n')
  if (line.includes(last)) return `${last}..${tip}`
  throw new ApiRefusal(
    `The last imported commit ${last} is not in this history any more: it was rewritten. Import it into another collection.`,
  )
}

/** The commits as they are uploaded; those up to the key `after` are left out. */
async function* uploads(
  commits: AsyncIterable<ExportedCommit>,
  folder: string,
  after: string | null,
): AsyncGenerator<Uploaded> {
  let skipping = after !== null
  for await (const commit of commits)
    for (const part of partsOf(commit, folder)) {
      if (!skipping) yield part
      else if (part.key === after) skipping = false
    }
  if (skipping)
    throw new ApiRefusal(
      'The last imported commit is not in this history any more: it was rewritten.',
    )
}

export function* partsOf(commit: ExportedCommit, folder: string): Generator<Uploaded> {
  const prefix = folder === '' ? '' : `${folder}/`
  const parts: Uploaded['files'][] = []
  let files: Uploaded['files'] = []
  let bytes = 0
  for (const { path, read } of commit.changes) {
    if (!path.startsWith(prefix) || !importedFile.test(path)) continue
    const content = read?.() ?? null
    bytes += content?.length ?? 0
    if (files.length > 0 && (bytes > snapshotBytes || files.length >= snapshotFiles)) {
      parts.push(files)
      files = []
      bytes = content?.length ?? 0
    }
    files.push({
      path: path.slice(prefix.length),
      bytes: content === null ? null : content.toString('base64'),
    })
  }
  if (files.length > 0) parts.push(files)
  for (const [n, part] of parts.entries()) {
    const last = n === parts.length - 1
    yield { key: last ? commit.id : `${commit.id} part ${n + 1}`, at: commit.at, files: part }
  }
}

async function upload(
  path: string,
  state: ImportState,
  snapshots: AsyncIterable<Uploaded>,
  onProgress: (received: number) => void,
): Promise<void> {
  let after = state.received
  let batch: Uploaded[] = []
  let bytes = 0
  let files = 0
  const flush = async (): Promise<void> => {
    if (batch.length > 0) after = await send(path, after, batch)
    onProgress(after)
    batch = []
    bytes = 0
    files = 0
  }
  for await (const snapshot of snapshots) {
    const size = snapshot.files.reduce((n, f) => n + (f.bytes?.length ?? 0), 0)
    const full = bytes + size > batchBytes || files + snapshot.files.length > batchFiles
    if (batch.length > 0 && full) await flush()
    batch.push(snapshot)
    bytes += size
    files += snapshot.files.length
  }
  await flush()
}

/** Pauses before an upload is tried again, in ms: half a minute in all, which a restart takes. */
const pauses = [1000, 2000, 4000, 8000, 15_000]

/** Uploads a batch, whatever of it has arrived already; how many snapshots the server has then. */
async function send(path: string, after: number, batch: readonly Uploaded[]): Promise<number> {
  const goal = after + batch.length
  let received = after
  for (let attempt = 0; ; attempt++) {
    try {
      const snapshots = batch.slice(received - after)
      const state = await api<ImportState>('POST', `${path}/snapshots`, {
        after: received,
        snapshots,
      })
      return state.received
    } catch (error) {
      // It may have been taken in although the answer did not come.
      const state = await api<ImportState>('GET', path).catch(() => null)
      if (state !== null && state.received >= goal) return state.received
      const moved = state !== null && state.received > received
      if (moved) received = state.received
      const pause = pauses[attempt]
      if (pause === undefined || (state !== null && !moved && attempt > 1)) throw error
      await new Promise((done) => setTimeout(done, pause))
    }
  }
}
