import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isSigned, openReceiver, type Receiver } from '../told.ts'
import { adminOf, type Admin, type Enrolment } from './admin.ts'
import { forgetBundle, type Home } from './codex.ts'
import { conversationsReported } from './database.ts'
import { setUp } from './machine.ts'
import { startMockModel, type MockModel } from './mock-model.ts'
import { startProduct, type Product } from './product.ts'
import { proofOf, type Proof } from './prove.ts'
import { removeManagedRequirements } from './sandbox.ts'

// What a client with nothing but its policy from us did stands in the product within seconds; and what one reports that
// its owner has taken the policy from.

const policy = `allowed_approval_policies = ["never"]
allowed_sandbox_modes = ["read-only"]
[rules]
prefix_rules = [
  { pattern = [{ token = "rm" }], decision = "forbidden", justification = "Acme keeps its files" },
]
`
const commands = ['rm -rf kept', 'ls']
const turn = ['exec', '--skip-git-repo-check', 'tidy up'] as const
/** Of a page or a file to hold what was reported: a question of seconds, on a busy machine too. */
const soon = { timeout: 60_000, interval: 250 }

let product: Product
let admin: Admin
let model: MockModel
let receiver: Receiver
let proof: Proof
let enrolment: Enrolment
let home: Home
let secret: string

beforeAll(async () => {
  ;[model, product, receiver] = await Promise.all([
    startMockModel(),
    startProduct(),
    openReceiver(),
  ])
  admin = adminOf(product)
  proof = await proofOf(product)
  await admin.setDefault(await admin.newPolicy('Kept', policy))
  await admin.setTelemetry({ collect: true })
  await admin.allowCalls(receiver.host)
  secret = await proof.tellOfDrift(receiver.url)
  enrolment = await admin.enrol('Fleet', null)
  home = setUp(enrolment).newHome(model)
})

afterAll(async () => {
  await model.close()
  await product.stop()
  await receiver.close()
})

/** Runs a turn until all of it was received: at its exit the client waits only a moment for what it still has to send. */
async function reported(args: readonly string[], sandbox: string): Promise<string> {
  for (let turns = 1; ; turns++) {
    model.script(commands)
    const run = await home.run(args)
    expect(run.code, run.stderr).toBe(0)
    const whole = () =>
      conversationsReported(product).find(
        (one) =>
          one['tool_calls'] === commands.length &&
          String(one['sandbox_policy']).includes(sandbox) &&
          Number(one['tokens_input']) >= 1,
      )?.['conversation']
    try {
      await expect.poll(whole, { timeout: 6000 }).toBeDefined()
      return String(whole())
    } catch (error) {
      if (turns === 3) throw error
    }
  }
}

describe('a client that has only its policy from us', () => {
  it('is on the dashboard with its conversation, tokens, decisions and the denied command', async () => {
    const name = await reported(turn, 'read-only')
    expect(await proof.conversation(name)).toMatchObject({
      name,
      toolCalls: commands.length,
      deniedCalls: 1,
      model: 'mock',
    })
    await expect
      .poll(() => proof.ask('denied-rules'), soon)
      .toMatchObject([{ rule: 'rm', decision: 'forbidden', people: 1 }])
    const [activity] = await proof.ask('activity')
    expect(Number(activity?.['conversations'])).toBeGreaterThanOrEqual(1)
    const [decided] = await proof.ask('commands')
    expect(Number(decided?.['approved_by_config'])).toBeGreaterThanOrEqual(1)
    expect(Number(decided?.['denied_calls'])).toBeGreaterThanOrEqual(1)
    expect(Number(decided?.['tool_calls'])).toBeGreaterThan(Number(decided?.['denied_calls']))
    const [tokens] = await proof.ask('tokens')
    expect(Number(tokens?.['input'])).toBeGreaterThanOrEqual(1)
    expect(await proof.ask('people')).toMatchObject([{ id: enrolment.id }])
  })

  it('is in the analytics API, with the same sums', async () => {
    const [tokens] = await proof.ask('tokens')
    const [activity] = await proof.ask('activity')
    expect(await proof.usage()).toMatchObject([
      {
        totals: { threads: activity?.['conversations'], turns: activity?.['turns'] },
        clients: [
          {
            client_id: 'codex_exec',
            text_output_tokens: tokens?.['output'],
          },
        ],
        models: [{ model: 'mock' }],
      },
    ])
  })

  it('is in the compliance log, and what it typed is not', async () => {
    await expect
      .poll(async () => (await proof.codexLog()).filter((line) => line['rule'] !== undefined), soon)
      .toContainEqual(
        expect.objectContaining({
          event_type: 'CODEX_LOG',
          kind: 'tool_result',
          tool: 'exec_command',
          outcome: 'denied',
          program: 'rm',
          rule_decision: 'forbidden',
          policy: { version_id: expect.stringMatching(/^ver_/) },
        }),
      )
    const log = await proof.codexLog()
    expect(log).toContainEqual(expect.objectContaining({ kind: 'conversation' }))
    expect(log).toContainEqual(
      expect.objectContaining({ tokens: expect.objectContaining({ output: 1 }) }),
    )
    expect(JSON.stringify(log)).not.toContain('tidy up')
  })

  it('is in agreement with what it was served', async () => {
    await expect
      .poll(async () => (await proof.driftOf(enrolment.id)).map(({ state }) => state), soon)
      .toEqual(['agrees'])
    const [client] = await proof.driftOf(enrolment.id)
    const page = await proof.driftClient(client?.id ?? '')
    expect(page).toMatchObject({ served: { name: 'Kept v1' }, version: '0.169.0', findings: [] })
    expect(page.checks.map(({ key, outcome }) => `${key} ${outcome}`)).toEqual([
      'approval agrees',
      'sandbox agrees',
      'servers agrees',
      'sign_in agrees',
      'fetch agrees',
      'version agrees',
    ])
    expect(page.checks[0]?.versions).toMatchObject([{ name: 'Kept v1' }])
    expect(receiver.calls).toEqual([])
  })
})

describe('a client whose owner has taken the policy away and left the reporting on', () => {
  it('is shown as drift, with what exactly disagrees and since when, and the webhook is told', async () => {
    const block = await deliveredTelemetry()
    const before = Date.now()
    removeManagedRequirements()
    forgetBundle(home)
    appendFileSync(join(home.folder, '.codex', 'config.toml'), block)
    await reported([...turn, '--sandbox', 'danger-full-access'], 'danger-full-access')
    await expect
      .poll(async () => (await proof.driftOf(enrolment.id)).map(({ state }) => state), soon)
      .toEqual(['disagrees'])
    const [client] = await proof.driftOf(enrolment.id)
    const page = await proof.driftClient(client?.id ?? '')
    expect(page.findings).toMatchObject([
      {
        key: 'sandbox',
        allowed: 'read-only',
        reported: 'danger-full-access',
        versions: [{ name: 'Kept v1' }],
        closedAt: null,
      },
    ])
    expect(page.findings[0]?.since).toBeGreaterThanOrEqual(before)
    expect(page.findings[0]?.since).toBeLessThanOrEqual(Date.now())
    await expect.poll(() => receiver.calls.length, soon).toBe(1)
    const call = receiver.calls[0]!
    expect(await isSigned(call, secret)).toBe(true)
    expect(JSON.parse(call.body)).toMatchObject({
      type: 'drift.found',
      findings: [
        {
          key: 'sandbox',
          allowed: 'read-only',
          reported: 'danger-full-access',
          since: page.findings[0]?.since,
          link: expect.stringContaining(`/drift/${client?.id ?? ''}`),
        },
      ],
    })
  })
})

/** The lines behind the policy, as anybody on the machine can read them with the enrolment's key. */
async function deliveredTelemetry(): Promise<string> {
  const answer = await fetch(`${product.plainUrl}/c/${enrolment.key}/codex/config/bundle`)
  const bundle = (await answer.json()) as {
    requirements_toml: { enterprise_managed: readonly { contents: string }[] }
  }
  const found = bundle.requirements_toml.enterprise_managed.find(({ contents }) =>
    contents.startsWith('[otel]'),
  )
  if (found === undefined) throw new Error('no telemetry was delivered')
  return found.contents
}
