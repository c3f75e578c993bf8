import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHECK_CASES } from '#requirements/check.cases.ts'
import { checkRequirements, isPublishable } from '#requirements/index.ts'
import { emptyHome } from './codex.ts'
import { startMockModel, type MockModel } from './mock-model.ts'
import { removeManagedRequirements, writeManagedRequirements } from './sandbox.ts'
import { startStandIn, type StandIn } from './stand-in.ts'

// What Gatehouse believes of the client, asked of the client. The documents come from a stand-in, since the product
// would serve only those that it judges good.

const port = 7445

let standIn: StandIn
let model: MockModel

beforeAll(async () => {
  standIn = await startStandIn(port)
  model = await startMockModel()
  writeManagedRequirements(`[config_server]\nbase_url = "https://127.0.0.1:${port}/c/asked"\n`)
})
afterAll(async () => {
  removeManagedRequirements()
  await model.close()
  await standIn.close()
})

const newHome = () => emptyHome({ CODEX_CA_CERTIFICATE: standIn.caFile }, model)

describe('the client does what the check says', () => {
  it.each(CHECK_CASES)('$expect: $name', async ({ toml, expect: expected, severity }) => {
    standIn.deliver(toml)
    const { error } = await newHome().startupConfig()
    expect(error === undefined ? 'accepted' : 'refused', error?.message).toBe(expected)
    if (error === undefined) return
    // What only some machines refuse (another system's paths, a missing file) is a warning; the rest is never published.
    const checked = checkRequirements(toml)
    if (severity === 'warning') expect(checked.complaints).not.toEqual([])
    else expect(isPublishable(checked)).toBe(false)
  })
})

// `--print-startup-config` loads the configuration and begins no session, where more can go wrong.
const publishable = CHECK_CASES.filter(
  ({ toml, expect: expected }) => expected === 'accepted' && isPublishable(checkRequirements(toml)),
)

describe('what may be published does not keep anybody from working', () => {
  it.each(publishable)('$name', async ({ toml }) => {
    standIn.deliver(toml)
    model.script([])
    const run = await newHome().run(['exec', '--skip-git-repo-check', 'hi'])
    // Printed once everything is loaded and the session is open.
    expect(run.stderr).toContain('session id: ')
  })
})
