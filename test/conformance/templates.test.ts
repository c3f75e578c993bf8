import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TEMPLATES } from '#requirements/index.ts'
import { emptyHome } from './codex.ts'
import { startMockModel, type MockModel } from './mock-model.ts'
import { writeManagedRequirements } from './sandbox.ts'
import { startStandIn, type StandIn } from './stand-in.ts'

// The policies that Gatehouse gives people to start from, delivered to the client as they are.

const port = 7462

let standIn: StandIn
let model: MockModel

beforeAll(async () => {
  standIn = await startStandIn(port)
  model = await startMockModel()
  writeManagedRequirements(`[config_server]\nbase_url = "https://127.0.0.1:${port}/c/templates"\n`)
})
afterAll(async () => {
  await model.close()
  await standIn.close()
})

describe('the client opens a session under each template', () => {
  it.each(TEMPLATES.map(({ id, text }) => [id, text] as const))('%s', async (_id, text) => {
    standIn.deliver(text)
    model.script([])
    const home = emptyHome({ CODEX_CA_CERTIFICATE: standIn.caFile }, model)
    const before = standIn.requests
    const run = await home.run(['exec', '--skip-git-repo-check', 'hi'])
    expect(standIn.requests).toBeGreaterThan(before)
    // Printed once everything is loaded and the session is open.
    expect(run.stderr).toContain('session id: ')
    // What the client says of keys that it does not know.
    expect(run.stderr).not.toMatch(/ignor/i)
  })
})
