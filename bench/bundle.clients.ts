/**
 * Signed-in clients, written straight into the database beside the running server: signing 100,000 in over the API would take
 * longer than everything else together. The rows are those that a sign-in makes; the server learns of them as of any others.
 */
import { hash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createBearers } from '../src/features/clients/bearers.ts'
import { nextSeq } from '../src/features/clients/sequence.ts'
import { bump } from '../src/features/workspace/revision.ts'
import { hour, systemClock } from '../src/kernel/clock.ts'
import { openDatabase, type Database } from '../src/kernel/database.ts'
import { createIds } from '../src/kernel/ids.ts'
import { createLog } from '../src/kernel/log.ts'
import { issueToken } from '../src/kernel/tokens.ts'
import { queries, run } from '../src/kernel/work.ts'

/** Where a bearer asks, with which token, and the place of its body in the list. */
export interface ClientsFile {
  readonly bodies: readonly string[]
  readonly asks: readonly (readonly [path: string, token: string, body: number])[]
}

export interface Seeding {
  readonly base: string
  readonly folder: string
  readonly databaseUrl: string | undefined
  readonly groups: readonly string[]
  readonly bearers: number
  readonly members: number
}

interface Bearer {
  readonly member: number
  readonly path: string
  readonly token: string
}

/** Seeds, waits until the server answers all members, and writes what it answers to a file for the peer and the load. */
export async function seedClients(seeding: Seeding): Promise<string> {
  const { folder, databaseUrl, members, base } = seeding
  const log = createLog('warn')
  const ids = createIds(systemClock)
  const database = openDatabase(
    { url: databaseUrl, file: join(folder, 'gatehouse.db') },
    { clock: systemClock, ids, log },
  )
  try {
    const memberIds = Array.from({ length: members }, () => ids('mem'))
    await insertMembers(database, memberIds, seeding.groups)
    const bearers = await insertClients(database, memberIds, seeding.bearers)
    await sayMemory(database, log)
    const bodies: string[] = []
    const bodyOf = await inTurns(members, 32, async (i) => {
      const one = bearers[i]
      const body = one ? await answered(base, one) : ''
      if (!bodies.includes(body)) bodies.push(body)
      return bodies.indexOf(body)
    })
    const asks = bearers.map(
      ({ member, path, token }) => [path, token, bodyOf[member] ?? 0] as const,
    )
    const path = join(folder, 'bench-clients.json')
    writeFileSync(path, JSON.stringify({ bodies, asks } satisfies ClientsFile))
    return path
  } finally {
    await database.db.close()
  }
}

type Row = Readonly<Record<string, string | number | null>>
const q = queries<Record<string, Record<string, string | number | null>>>()
const rowsAtOnce = 500

async function insertMembers(
  { db }: Database,
  memberIds: readonly string[],
  groups: readonly string[],
): Promise<void> {
  const now = Date.now()
  await insertAll(
    db,
    'members',
    memberIds.map((id, i) => ({
      id,
      email: `member${i}@acme.example`,
      email_key: `member${i}@acme.example`,
      name: `Member ${i}`,
      name_key: `member ${i}`,
      search: `member ${i} member${i}@acme.example`,
      role: 'member',
      status: 'active',
      source: 'manual',
      created_at: now,
      updated_at: now,
      last_seen_at: null,
      version: 1,
    })),
  )
  await insertAll(
    db,
    'group_members',
    memberIds.flatMap((member_id, i) =>
      Array.from({ length: 5 }, (_, n) => ({
        group_id: groups[(i * 7 + n * 191) % groups.length] ?? '',
        member_id,
        added_at: now,
      })),
    ),
  )
  await db.tx(() => bump('people'))
}

async function insertClients(
  { db }: Database,
  memberIds: readonly string[],
  count: number,
): Promise<readonly Bearer[]> {
  const now = Date.now()
  const ids = createIds(systemClock)
  const clients: Row[] = []
  const tokens: Row[] = []
  const bearers = Array.from({ length: count }, (_, i): Bearer => {
    const member = i % memberIds.length
    const own = Math.floor(i / memberIds.length) % 2 === 0
    const [client, id] = [ids('cli'), ids('cat')]
    const token = own ? issueToken('cat', id).token : jwtLike()
    clients.push({
      id: client,
      member_id: memberIds[member] ?? '',
      route: own ? 'config_server' : 'workspace',
      flow: own ? 'code' : 'device',
      oauth_client: 'bench',
      scope: '',
      resource: null,
      created_at: now,
      created_ip: '10.0.0.1',
      created_agent: 'bench',
      ended_at: null,
      ended_by: '',
      end_reason: null,
    })
    tokens.push({
      id,
      client_id: client,
      kind: 'access',
      hash: hash('sha256', token, 'hex'),
      created_at: now,
      expires_at: now + 8 * hour,
      used_at: null,
      successor: null,
      successor_id: null,
    })
    const path = own ? '/member/codex/config/bundle' : '/backend-api/wham/config/bundle'
    return { member, path, token }
  })
  await insertAll(db, 'clients', clients)
  await insertAll(db, 'client_tokens', tokens, true)
  return bearers
}

/** As long as the JWT of a workspace sign-in; fetches look it up and read nothing in it. */
const jwtLike = (): string => {
  const header = Buffer.from('{"alg":"ES256","typ":"at+jwt","kid":"bench"}').toString('base64url')
  return `${header}.${randomBytes(480).toString('base64url')}.${randomBytes(64).toString('base64url')}`
}

async function insertAll(
  db: Database['db'],
  table: string,
  rows: readonly Row[],
  numbered = false,
): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce)
    await db.tx(
      function* () {
        const seq = numbered ? { seq: yield* nextSeq() } : {}
        const part = rows.slice(from, from + rowsAtOnce).map((row) => ({ ...row, ...seq }))
        yield* run(q.insertInto(table).values(part))
      },
      { durability: 'relaxed' },
    )
}

/** How long a process takes to read all of them, and what it keeps in memory for it. */
async function sayMemory({ db }: Database, log: ReturnType<typeof createLog>): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const bearers = createBearers({ db, clock: systemClock, log })
  collect()
  const before = process.memoryUsage().heapUsed
  const started = performance.now()
  const cpu = process.cpuUsage()
  await bearers.refresh()
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  collect()
  const bytes = process.memoryUsage().heapUsed - before
  const { size } = bearers.all()
  console.log(
    `${size} access tokens read in ${ms.toFixed(0)} ms (${((user + system) / 1000).toFixed(0)} ms of the processor); ${(bytes / 1024 / 1024).toFixed(1)} MiB in memory, ${(bytes / size).toFixed(0)} bytes each`,
  )
}

async function answered(base: string, { path, token }: Bearer): Promise<string> {
  for (let tries = 0; ; tries++) {
    const answer = await fetch(base + path, { headers: { authorization: `Bearer ${token}` } })
    const body = await answer.text()
    if (answer.status === 200) return body
    if (tries > 40) throw new Error(`${answer.status}: ${body}`)
    await new Promise((done) => setTimeout(done, 500))
  }
}

async function inTurns<T>(
  count: number,
  atOnce: number,
  make: (i: number) => Promise<T>,
): Promise<readonly T[]> {
  const made: T[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) made[i] = await make(i)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return made
}
