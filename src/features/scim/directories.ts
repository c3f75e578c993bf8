/** Connecting directories, their tokens, and letting them go. */
import { nameKey } from '#features/access/index.ts'
import type { Ids } from '#kernel/ids.ts'
import { found, Problem } from '#kernel/problem.ts'
import { issueToken } from '#kernel/tokens.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import type { Directory, DirectoryPage, Provider, Token } from './schema.ts'
import {
  allDirectories,
  counts,
  directoryById,
  directoryByName,
  endTokensBy,
  insertDirectory,
  insertToken,
  revokeToken,
  revokeTokensOf,
  tokenById,
  tokensOf,
  updateDirectory,
  type Counts,
} from './store.directories.ts'
import { lastSeen } from './store.log.ts'
import type { DirectoryRow, TokenRow } from './tables.ts'

const hour = 3_600_000

export interface Acting {
  readonly label: string
}

export function* connect(
  ids: Ids,
  actor: Acting,
  now: number,
  given: { readonly name: string; readonly provider: Provider; readonly adopts: boolean },
): Work<{ readonly row: DirectoryRow; readonly secret: string }> {
  yield* refuseTaken(given.name)
  const row: DirectoryRow = {
    id: ids('dir'),
    name: given.name,
    name_key: nameKey(given.name),
    provider: given.provider,
    adopts: given.adopts ? 1 : 0,
    created_at: now,
    created_by: actor.label,
    updated_at: now,
    version: 1,
    disconnected_at: null,
  }
  yield* insertDirectory(row)
  return { row, secret: yield* newToken(ids, actor, now, row.id) }
}

function* refuseTaken(name: string, but?: string): Work<void> {
  const other = yield* directoryByName(nameKey(name))
  if (other && other.id !== but)
    throw new Problem('already_exists', `There is a directory ${other.name} already.`, {
      remedy: 'Choose another name.',
      errors: [{ field: 'name', message: 'A directory with this name exists.' }],
    })
}

function* newToken(ids: Ids, actor: Acting, now: number, directoryId: string): Work<string> {
  const id = ids('sct')
  const issued = issueToken('scm', id)
  yield* insertToken({
    id,
    directory_id: directoryId,
    secret_hash: issued.hash,
    prefix: issued.prefix,
    created_at: now,
    created_by: actor.label,
    expires_at: null,
    last_used_at: null,
    revoked_at: null,
  })
  return issued.token
}

/** A new token; those until now work for the overlap, so that nothing is lost while the provider is told. */
export function* rotate(
  ids: Ids,
  actor: Acting,
  now: number,
  id: string,
  overlapHours: number,
): Work<{ readonly row: DirectoryRow; readonly secret: string }> {
  const row = yield* connected(id)
  yield* endTokensBy(id, now + overlapHours * hour)
  return { row, secret: yield* newToken(ids, actor, now, id) }
}

export function* endToken(now: number, id: string, tokenId: string): Work<TokenRow> {
  const any = yield* tokenById(tokenId)
  const token = found(any?.directory_id === id ? any : undefined, 'token')
  yield* revokeToken(tokenId, now)
  return token
}

export function* changeDirectory(
  now: number,
  id: string,
  given: {
    readonly name?: string | undefined
    readonly adopts?: boolean | undefined
    readonly version: number
  },
): Work<{ readonly before: DirectoryRow; readonly after: DirectoryRow }> {
  const before = yield* connected(id)
  if (given.name !== undefined) yield* refuseTaken(given.name, id)
  const name = given.name ?? before.name
  const adopts = given.adopts === undefined ? before.adopts : given.adopts ? 1 : 0
  return { before, after: yield* save(now, before, given.version, { name, adopts }) }
}

/** Its tokens end at once; what becomes of its people is done by a job, some at a time. */
export function* disconnect(
  now: number,
  id: string,
  given: { readonly people: 'keep' | 'suspend'; readonly version: number },
): Work<DirectoryRow> {
  const before = yield* connected(id)
  const after = yield* save(now, before, given.version, { disconnected_at: now })
  yield* revokeTokensOf(id, now)
  yield* enqueue({ name: letGoJob, payload: { directoryId: id, people: given.people } })
  return after
}

export const letGoJob = 'scim.let-go'

function* connected(id: string): Work<DirectoryRow> {
  const row = found(yield* directoryById(id), 'directory')
  if (row.disconnected_at !== null)
    throw new Problem('wrong_state', `${row.name} was disconnected.`, {
      remedy: 'Connect the directory anew.',
    })
  return row
}

function* save(
  now: number,
  before: DirectoryRow,
  basedOn: number,
  change: Partial<Pick<DirectoryRow, 'name' | 'adopts' | 'disconnected_at'>>,
): Work<DirectoryRow> {
  const changed = { ...before, ...change }
  // A name that is given up is free again.
  const name_key =
    changed.disconnected_at === null ? nameKey(changed.name) : `${before.id} ${before.name_key}`
  const after = { ...changed, name_key, updated_at: now, version: basedOn + 1 }
  if (before.version !== basedOn || !(yield* updateDirectory(after, basedOn)))
    throw new Problem('edited_meanwhile', `${before.name} was changed by somebody else.`, {
      remedy: 'Reload the page, then decide again.',
    })
  return after
}

export function* shownDirectories(): Work<readonly Directory[]> {
  const counted = yield* counts()
  const shown: Directory[] = []
  for (const row of yield* allDirectories()) shown.push(yield* shownRow(row, counted))
  return shown
}

function* shownRow(row: DirectoryRow, counted: ReadonlyMap<string, Counts>): Work<Directory> {
  const seen = yield* lastSeen(row.id)
  return {
    id: row.id,
    name: row.name,
    provider: row.provider,
    adopts: row.adopts === 1,
    state: row.disconnected_at === null ? 'connected' : 'disconnected',
    ...(counted.get(row.id) ?? { users: 0, inactive: 0, groups: 0 }),
    createdAt: row.created_at,
    createdBy: row.created_by,
    disconnectedAt: row.disconnected_at,
    lastRequestAt: seen.at,
    lastRefusedAt: seen.refusedAt,
    version: row.version,
  }
}

export function* shownDirectory(base: string, id: string, now: number): Work<DirectoryPage> {
  const row = found(yield* directoryById(id), 'directory')
  return {
    ...(yield* shownRow(row, yield* counts())),
    address: base,
    tokens: (yield* tokensOf(id)).map((one) => shownToken(one, now)),
  }
}

function shownToken(row: TokenRow, now: number): Token {
  const ended = row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= now)
  return {
    id: row.id,
    prefix: row.prefix,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.revoked_at ?? row.expires_at,
    lastUsedAt: row.last_used_at,
    state: ended ? 'ended' : row.expires_at === null ? 'working' : 'ending',
  }
}

export const directoryTarget = ({ id, name }: Pick<DirectoryRow, 'id' | 'name'>) => ({
  kind: 'directory',
  id,
  label: name,
})

export const auditedDirectory = (row: DirectoryRow) => ({
  name: row.name,
  provider: row.provider,
  adopts: row.adopts === 1,
})
