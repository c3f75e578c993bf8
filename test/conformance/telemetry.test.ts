import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, type Admin } from './admin.ts'
import type { Home } from './codex.ts'
import { conversationsReported } from './database.ts'
import { runSnippet, setUp, snippetIn } from './machine.ts'
import { startMockModel, type MockModel } from './mock-model.ts'
import { startBrowsers, type Browsers } from './person.ts'
import { startProduct, type Product } from './product.ts'
import { removeManagedRequirements } from './sandbox.ts'
import { deviceLogin, setupOf, workspaceHome } from './sign-in.ts'

// The client reports because of the lines behind its policy, and of nothing else: its homes say nothing of telemetry.

const policy = `allowed_sandbox_modes = ["read-only"]
[rules]
prefix_rules = [
  { pattern = [{ token = "rm" }], decision = "forbidden", justification = "Acme keeps its files" },
  { pattern = [{ token = "git" }], decision = "prompt" },
]
[otel]
environment = "of the policy"
`
const turn = ['exec', '--skip-git-repo-check', 'what nobody else reads'] as const
const within = { timeout: 60_000 }

let product: Product
let admin: Admin
let model: MockModel
let browsers: Browsers
let collector: Awaited<ReturnType<typeof startCollector>>

beforeAll(async () => {
  ;[model, product, browsers, collector] = await Promise.all([
    startMockModel(),
    startProduct(),
    startBrowsers(),
    startCollector(),
  ])
  admin = adminOf(product)
  await admin.setDefault(await admin.newPolicy('Reported', policy))
  await admin.allowCalls(`127.0.0.1:${collector.port}`)
  await admin.setTelemetry({
    collect: true,
    protocol: 'json',
    environment: 'of the settings',
    metrics: true,
    traces: true,
    relay: { url: `http://127.0.0.1:${collector.port}` },
  })
})

afterAll(async () => {
  await browsers.close()
  await model.close()
  await product.stop()
  await collector.close()
})

/** What has arrived of a turn. At its exit the client waits only a moment for what it still has to send, so it may take two. */
async function reportedBy(home: Home, clientKind: string, commands: readonly string[]) {
  for (let turns = 1; ; turns++) {
    model.script(commands)
    const run = await home.run(turn)
    expect(run.code, run.stderr).toBe(0)
    const arrived = () =>
      conversationsReported(product).find(
        (one) => one['client_kind'] === clientKind && one['tool_calls'] === commands.length,
      )
    try {
      await expect.poll(arrived, { timeout: 6000 }).toBeDefined()
      return arrived()
    } catch (error) {
      if (turns === 3) throw error
    }
  }
}

describe('a client that was given telemetry behind its policy', () => {
  it('reports logs, metrics and traces with the token of the enrolment, and they are passed on', async () => {
    const enrolment = await admin.enrol('Fleet', null)
    const home = setUp(enrolment).newHome(model)
    // Nobody can be asked in exec: a rule that asks refuses.
    const commands = ['rm -rf kept', 'git push', 'echo output-$((6*7))']
    expect(await reportedBy(home, 'enrolment', commands)).toMatchObject({
      denied_calls: 2,
      client_id: enrolment.id,
      sandbox_policy: expect.stringContaining('read-only'),
      policy_version: expect.stringMatching(/^ver_/),
    })
    await expect
      .poll(() => [...collector.paths()].sort(), within)
      .toEqual(['/v1/logs', '/v1/metrics', '/v1/traces'])
    const logs = collector.of('/v1/logs')
    // The policy's own key wins over the one of the settings, and the exporter beside it is ours all the same.
    expect(logs).toContain('of the policy')
    expect(logs).not.toContain('of the settings')
    // The command comes; what it put out, and what was typed, never left the machine.
    expect(logs).toContain('output-$((6*7))')
    expect(logs).not.toContain('output-42')
    expect(logs).not.toContain('what nobody else reads')
  })

  it('reports with a token of the sign-in on the workspace route', async () => {
    removeManagedRequirements()
    const person = await browsers.person(await admin.newMember('Imani'))
    runSnippet(snippetIn((await setupOf(admin, 'workspace')).snippets, 'environment').install)
    const home = await workspaceHome(admin, model)
    expect(await deviceLogin(home, person)).toMatchObject({ code: 0 })
    expect(await reportedBy(home, 'client', ['rm -rf kept', 'ls'])).toMatchObject({
      denied_calls: 1,
      client_id: expect.stringMatching(/^cli_/),
    })
  })

  it('reports no more after the switch, at its next start', async () => {
    await admin.setTelemetry({ collect: false, relay: null })
    const home = setUp(await admin.enrol('Quiet', null)).newHome(model)
    const before = conversationsReported(product).length
    model.script(['ls'])
    expect((await home.run(turn)).code).toBe(0)
    expect(conversationsReported(product)).toHaveLength(before)
  })
})

/** Somebody else's collector: keeps what comes, as text. */
async function startCollector() {
  const heard = new Map<string, string>()
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const path = request.url ?? ''
      heard.set(path, (heard.get(path) ?? '') + Buffer.concat(parts).toString())
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as AddressInfo).port,
    paths: () => heard.keys(),
    of: (path: string) => heard.get(path) ?? '',
    close: () => new Promise((done) => server.close(done)),
  }
}
