import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { batchOf, stamp } from '../../bench/ingest.batch.ts'
import { startCluster, type Cluster } from '../postgres.ts'
import { run, startServer, temporaryFolder, type Server } from './server.ts'

// A server that is killed while telemetry comes in: what was acknowledged is there, what was sent again counts once.
// Of the audit trail the same, and its chain holds. On both engines. `GATEHOUSE_KILLS=100` kills it a hundred times on each.

const kills = Number(process.env['GATEHOUSE_KILLS'] ?? 3)
const senders = 4
/** A start takes seconds on a busy machine. */
const timeout = 60_000 + kills * 20_000
/** Of the 31 records of a turn, those that belong to its conversation. */
const ofConversation = 30

/** What the tables of sums have to say, by the facts. */
const count = (condition: string) => `count(case when ${condition} then 1 end)`
const factSums = `select ${count(`kind <> 'span'`)} as events, ${count(`kind = 'prompt'`)} as turns,
  ${count(`kind = 'tool_result'`)} as tool_calls, ${count(`outcome = 'denied'`)} as denied_calls,
  sum(tokens_input) as tokens_input, sum(tokens_output) as tokens_output from telemetry_facts`
const tableSums = `select sum(events) as events, sum(turns) as turns, sum(tool_calls) as tool_calls,
  sum(denied_calls) as denied_calls, sum(tokens_input) as tokens_input, sum(tokens_output) as tokens_output`
const stories = `select c.conversation as id, count(*) as facts from telemetry_facts f
  join telemetry_conversations c on c.id = f.conversation where c.conversation <> '' group by c.id, c.conversation`
const sumTables = [
  'telemetry_usage',
  'telemetry_usage_hours',
  'telemetry_usage_days',
  'telemetry_days',
  'telemetry_conversations',
]

type Row = Readonly<Record<string, unknown>>
/** Reads the tables past the server. */
type Ask = (sql: string) => Promise<readonly Row[]>

/** Sums of PostgreSQL come as text. */
const asNumbers = (row: Row | undefined): Row =>
  Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]))

interface Place {
  readonly env: Readonly<Record<string, string>>
  readonly ask: Ask
  readonly remove: () => Promise<void>
}

const places: Readonly<Record<string, (data: string) => Promise<Place>>> = {
  SQLite: (data) =>
    Promise.resolve({
      env: {},
      ask: (sql) => {
        const db = new DatabaseSync(join(data, 'gatehouse.db'), { readOnly: true })
        const rows = db.prepare(sql).all() as unknown as readonly Row[]
        db.close()
        return Promise.resolve(rows)
      },
      remove: () => Promise.resolve(),
    }),
  PostgreSQL: async () => {
    const cluster: Cluster = await startCluster()
    return {
      env: { DATABASE_URL: cluster.url },
      async ask(sql) {
        const client = new pg.Client({ connectionString: cluster.url })
        await client.connect()
        const { rows } = await client.query<Row>(sql)
        await client.end()
        return rows
      },
      remove: cluster.remove,
    }
  },
}

/** Turns collecting on, and gives the token that an enrolment's policy brings along. */
async function collecting(server: Server): Promise<string> {
  const { json: page } = await server.admin('GET', '/api/v1/telemetry/settings')
  const { changedAt: _, changedBy: __, ...settings } = page.settings as Record<string, unknown>
  const put = await server.admin('PUT', '/api/v1/telemetry/settings', {
    ...settings,
    collect: true,
  })
  expect(put.status, JSON.stringify(put.json)).toBe(200)
  const { json } = await server.admin('POST', '/api/v1/enrolments', {
    name: 'laptops',
    groupId: null,
  })
  const bundle = await fetch(`${server.url}/c/${json.key as string}/codex/config/bundle`)
  return /git_[\w-]+\.[\w-]+/.exec(await bundle.text())?.[0] ?? ''
}

const pause = (ms: number) => new Promise((go) => setTimeout(go, ms))

/** False: nobody knows what became of it. */
async function sent(server: Server, token: string, body: Buffer): Promise<boolean> {
  try {
    const { status } = await fetch(`${server.url}/otlp/v1/logs`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-protobuf' },
    })
    // 503: it is starting. Anything else would be lost.
    expect([200, 503]).toContain(status)
    return status === 200
  } catch (error) {
    if ((error as Error).name === 'AssertionError') throw error
    return false
  }
}

describe.each(Object.keys(places))('a kill while telemetry comes in, on %s', (engine) => {
  const data = temporaryFolder()
  let place: Place
  let server: Server
  let token: string
  beforeAll(async () => {
    place = await places[engine]!(data)
    server = await startServer(data, place.env)
    token = await collecting(server)
  })
  afterAll(async () => {
    await server.end('SIGKILL')
    await place.remove()
  })

  it('loses nothing that was acknowledged, and counts nothing twice', { timeout }, async () => {
    const acknowledged: string[] = []
    const groups: string[] = []
    let repeated = 0
    const state = { over: false }
    const work = Array.from({ length: senders }, async () => {
      const turn = batchOf(31)
      while (!state.over) {
        stamp(turn)
        const at = turn.ids[0]?.[0] ?? 0
        const id = turn.body.subarray(at, at + 36).toString()
        // As a sender does: the same again until somebody says that it is there.
        while (!(await sent(server, token, turn.body))) {
          repeated += 1
          await pause(20)
        }
        acknowledged.push(id)
      }
    })
    for (let n = 0; n < kills; n += 1) {
      const before = acknowledged.length
      // On a busy machine the thread that stores takes seconds to start.
      while (acknowledged.length === before) await pause(20)
      await pause(Math.random() * 500)
      // An act of an admin at the same moment: it is in the trail, or nobody was told that it was done.
      const name = `group ${n}`
      const act = server.admin('POST', '/api/v1/groups', { name }).then(
        ({ status }) => status < 300 && groups.push(name),
        () => false,
      )
      await pause(Math.random() * 20)
      await server.end('SIGKILL')
      await act
      server = await startServer(data, place.env)
    }
    state.over = true
    await Promise.all(work)
    expect(repeated).toBeGreaterThanOrEqual(kills)
    expect(acknowledged.length).toBeGreaterThanOrEqual(kills)

    const stored = (await place.ask(stories)).map(({ id, facts }) => ({ id, facts: Number(facts) }))
    const sumsOf = async (sql: string) => asNumbers((await place.ask(sql))[0])
    const ofFacts = await sumsOf(factSums)
    const sums: Row[] = []
    for (const table of sumTables) sums.push(await sumsOf(`${tableSums} from ${table}`))
    const named = await place.ask('select name from groups')
    expect(stored.filter(({ facts }) => facts !== ofConversation)).toEqual([])
    expect(stored.map(({ id }) => id).sort()).toEqual(acknowledged.sort())
    // The sums were written with them, all of them.
    expect(ofFacts).toMatchObject({ turns: acknowledged.length })
    expect(sums).toEqual(sumTables.map(() => ofFacts))
    expect(named.map(({ name }) => name)).toEqual(expect.arrayContaining(groups))

    const trail = join(temporaryFolder(), 'audit.jsonl')
    const audit = (...args: readonly string[]) =>
      run(['src/cli/main.ts', 'audit', ...args], server.env)
    const { publicKey } = JSON.parse((await audit('key', '--json')).out) as { publicKey: string }
    expect((await audit('export', trail)).code).toBe(0)
    const said = await audit('verify', trail, '--key', `ed25519:${publicKey}`)
    expect([said.code, said.err]).toEqual([0, ''])
    const exported = readFileSync(trail, 'utf8')
    for (const name of groups) expect(exported).toContain(JSON.stringify(name))
  })
})
