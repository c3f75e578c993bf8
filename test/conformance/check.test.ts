import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHECK_CASES } from '#requirements/check.cases.ts'
import { checkRequirements, isPublishable } from '#requirements/index.ts'
import { emptyHome } from './codex.ts'
import { startMockModel, type MockModel } from './mock-model.ts'
import { writeManagedRequirements } from './sandbox.ts'
import { startStandIn, type StandIn } from './stand-in.ts'

// What Gatehouse believes of the client, asked of the client: whether it works with what it accepts. Whether it accepts
// asks differential.test.ts. The documents come from a stand-in, so that they are delivered as they are written here.

const port = 7445

let standIn: StandIn
let model: MockModel

beforeAll(async () => {
  standIn = await startStandIn(port)
  model = await startMockModel()
  writeManagedRequirements(`[config_server]\nbase_url = "https://127.0.0.1:${port}/c/asked"\n`)
})
afterAll(async () => {
  await model.close()
  await standIn.close()
})

const newHome = () => emptyHome({ CODEX_CA_CERTIFICATE: standIn.caFile }, model)

// `--print-startup-config` loads the configuration and begins no session, where more can go wrong.
const publishable = CHECK_CASES.filter(
  ({ toml, expect: expected }) => expected === 'accepted' && isPublishable(checkRequirements(toml)),
)

describe('what may be published does not keep anybody from working', () => {
  it.each(publishable)('$name', async ({ toml }) => {
    standIn.deliver(toml)
    model.script([])
    const home = newHome()
    // The client makes this folder and takes it away again for each sandbox of its own, and 0.169 trips over that when
    // two begin at once under a profile that forbids paths by a pattern.
    mkdirSync(join(home.folder, '.agents'))
    const run = await home.run(['exec', '--skip-git-repo-check', 'hi'])
    // Printed once everything is loaded and the session is open.
    expect(run.stderr).toContain('session id: ')
  })
})
