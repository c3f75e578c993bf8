import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf } from './admin.ts'
import type { Home } from './codex.ts'
import { setUp, type Machine } from './machine.ts'
import { startMockModel, type MockModel } from './mock-model.ts'
import { startProduct, type Product } from './product.ts'

// A policy of two texts on a machine that was set up with the snippet: what people start with, and what binds them.

const requirements = `
allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_approval_policies = ["on-request"]
`
const defaults = `
sandbox_mode = "workspace-write"
approval_policy = "never"
model_reasoning_effort = "low"
`

let product: Product
let model: MockModel
let machine: Machine

beforeAll(async () => {
  model = await startMockModel()
  product = await startProduct()
  const admin = adminOf(product)
  await admin.setDefault(await admin.newPolicy('Two texts', requirements, defaults))
  machine = setUp(await admin.enrol('Two texts', null))
})
afterAll(async () => {
  await model.close()
  await (product as Product | undefined)?.stop()
})

/** Somebody on that machine, with lines of her own on top of her config.toml. */
function somebody(own = ''): Home {
  const home = machine.newHome(model)
  const file = join(home.folder, '.codex', 'config.toml')
  writeFileSync(file, `${own}\n${readFileSync(file, 'utf8')}`)
  return home
}

async function started(home: Home, ...args: readonly string[]): Promise<string> {
  model.script([])
  const { stderr, code } = await home.run(['exec', '--skip-git-repo-check', ...args, 'hi'])
  expect(code).toBe(0)
  return stderr
}

describe('delivered defaults', () => {
  it('are what people start with', async () => {
    const said = await started(somebody())
    expect(said).toContain('sandbox: workspace-write')
    expect(said).toContain('reasoning effort: low')
  })

  it('give way to what a person writes herself, in her file and on the command line', async () => {
    const own = somebody('sandbox_mode = "read-only"\nmodel_reasoning_effort = "high"')
    const said = await started(own)
    expect(said).toContain('sandbox: read-only')
    expect(said).toContain('reasoning effort: high')
    expect(await started(somebody(), '-c', 'model_reasoning_effort=high')).toContain(
      'reasoning effort: high',
    )
  })

  it('do not lift the requirements, and neither does a person', async () => {
    const bound = 'approval: on-request'
    // The default says `never`: it falls back, and she is told.
    const said = await started(somebody())
    expect(said).toContain(bound)
    expect(said).toMatch(/`approval_policy` is disallowed by requirements/)
    const daring = await started(
      somebody('approval_policy = "never"\nsandbox_mode = "danger-full-access"'),
      '-c',
      'approval_policy=never',
    )
    expect(daring).toContain(bound)
    expect(daring).not.toContain('sandbox: danger-full-access')
  })
})
