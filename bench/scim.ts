/**
 * Provisioning over SCIM as providers do it, one request for each user, beside policy fetches at a steady rate: how long 50,000
 * users and 2,000 groups take, and how much later a fetch is answered meanwhile. The server, the provider and the fetches are
 * processes of their own.
 *
 *     node bench/scim.ts [--users 50000] [--groups 2000] [--each 10] [--rate 200] [--senders 4]
 *
 * Exit code 1: it takes more than 15 minutes, or the p99 of the fetches is more than three times the idle one.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startFetches } from './fetches.ts'
import { putElsewhere } from './place.ts'
import { adminKey, startServed } from './served.ts'
import { timesLine, waiting } from './steady.ts'

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '50000' },
    groups: { type: 'string', default: '2000' },
    each: { type: 'string', default: '10' },
    rate: { type: 'string', default: '200' },
    senders: { type: 'string', default: '4' },
  },
})
const [userCount, groupCount, groupsEach] = [values.users, values.groups, values.each].map(Number)
const mostSeconds = 15 * 60
const data = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
let base = ''
/** Providers send some requests at a time, each on a connection that is kept. */
const agent = new Agent({ keepAlive: true, maxSockets: Number(values.senders) })
let server: ChildProcess | undefined
let fetching: Awaited<ReturnType<typeof startFetches>> | undefined
try {
  const served = await startServed(join(data, 'server'))
  server = served.server
  base = served.base
  const { paths } = served
  const made = (await ask('POST', '/api/v1/directories', adminKey, {
    name: 'Bench',
    provider: 'okta',
  })) as { secret: string }
  fetching = await startFetches(base, paths, Number(values.rate))
  putElsewhere(process)
  await fetching.during(waiting(3000))
  const idle = await fetching.during(waiting(10_000))
  const cpuBefore = await cpuOf(server)
  const started = performance.now()
  const during = await fetching.during(provision(made.secret))
  const seconds = (performance.now() - started) / 1000
  const cpu = ((await cpuOf(server)) - cpuBefore) / 1000
  const ratio = during.p99 / idle.p99
  console.log(
    `${userCount} users, ${groupCount} groups, ${(userCount ?? 0) * (groupsEach ?? 0)} memberships over SCIM: ${seconds.toFixed(0)} s (at most ${mostSeconds})`,
  )
  console.log(
    `processor time of the server, fetches included: ${(cpu / (userCount ?? 1)).toFixed(2)} ms for each user`,
  )
  console.log(`policy fetches, ${values.rate} a second`)
  console.log(`idle                 ${timesLine(idle)}`)
  console.log(`during provisioning  ${timesLine(during)}`)
  console.log(`p99 ${ratio.toFixed(2)} of idle (at most 3)`)
  if (!(ratio <= 3) || seconds > mostSeconds) process.exitCode = 1
} finally {
  agent.destroy()
  fetching?.end()
  server?.kill('SIGTERM')
  if (server?.exitCode === null) await once(server, 'exit')
  rmSync(data, { recursive: true, force: true })
}

/** Of its process, in µs. */
async function cpuOf(process: ChildProcess): Promise<number> {
  process.send('cpu')
  const [used] = (await once(process, 'message')) as [number]
  return used
}

/** Each user is looked for and made; then each group is made and gets its members in pieces, as Okta pushes them. */
async function provision(token: string): Promise<void> {
  const ids: string[] = []
  await inTurns(userCount ?? 0, async (i) => {
    const userName = `person${i}@bench.example`
    const filter = encodeURIComponent(`userName eq "${userName}"`)
    await ask('GET', `/scim/v2/Users?filter=${filter}&startIndex=1&count=100`, token)
    const user = (await ask('POST', '/scim/v2/Users', token, {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName,
      name: { givenName: 'Person', familyName: String(i) },
      emails: [{ primary: true, value: userName, type: 'work' }],
      displayName: `Person ${i}`,
      externalId: `00u${i}`,
      active: true,
    })) as { id: string }
    ids[i] = user.id
    if (i % 10_000 === 0) console.error(`${i} users`)
  })
  const members = new Map<number, string[]>()
  for (const [i, id] of ids.entries())
    for (let k = 0; k < (groupsEach ?? 0); k++) {
      const group = (i * 7 + k * 211) % (groupCount ?? 1)
      const held = members.get(group)
      if (held) held.push(id)
      else members.set(group, [id])
    }
  await inTurns(groupCount ?? 0, async (g) => {
    const group = (await ask('POST', '/scim/v2/Groups', token, {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: `Team ${g}`,
    })) as { id: string }
    const all = members.get(g) ?? []
    for (let at = 0; at < all.length; at += 100)
      await ask('PATCH', `/scim/v2/Groups/${group.id}`, token, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [
          {
            op: 'add',
            path: 'members',
            value: all.slice(at, at + 100).map((value) => ({ value })),
          },
        ],
      })
  })
}

async function inTurns(count: number, act: (i: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await act(next++)
  }
  await Promise.all(Array.from({ length: Number(values.senders) }, worker))
}

async function ask(method: string, path: string, key: string, body?: unknown): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const sent = request(base + path, {
    agent,
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    },
  })
  sent.end(text)
  const [response] = (await once(sent, 'response')) as [
    AsyncIterable<Buffer> & { statusCode: number },
  ]
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece)
  const answer = Buffer.concat(pieces).toString()
  if (response.statusCode >= 300) throw new Error(`${method} ${path}: ${answer}`)
  return answer === '' ? undefined : JSON.parse(answer)
}
