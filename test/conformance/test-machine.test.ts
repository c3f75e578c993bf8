import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, type Admin } from './admin.ts'
import { loginEnvironment, setUp, takeOff } from './machine.ts'
import { startProduct, type Product } from './product.ts'
import { codexBinary } from './sandbox.ts'

const root = join(import.meta.dirname, '..', '..')
const policyText = `allowed_sandbox_modes = ["read-only"]
allowed_approval_policies = ["on-request"]
allowed_web_search_modes = ["cached"]
[features]
unified_exec = false
`

let product: Product
let admin: Admin
beforeAll(async () => {
  product = await startProduct()
  admin = adminOf(product)
})
afterAll(() => (product as Product | undefined)?.stop())

/** As an administrator runs it on the machine: with the environment that a login shell gives. */
function testMachine(enrolment: string) {
  const run = spawnSync(
    process.execPath,
    [
      'bin/gatehouse.mjs',
      'test-machine',
      '--json',
      '--codex',
      codexBinary(),
      '--enrolment',
      enrolment,
    ],
    {
      cwd: root,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: product.data,
        GATEHOUSE_URL: product.plainUrl,
        GATEHOUSE_KEY: product.adminKey,
        ...loginEnvironment(),
      },
    },
  )
  return { code: run.status, report: JSON.parse(run.stdout), stderr: run.stderr }
}

describe('gatehouse test-machine', () => {
  it('says that a machine has what it should, key by key, and when it has something else', async () => {
    const strict = await admin.newPolicy('Tested', policyText)
    const group = await admin.newGroup('Testers')
    const lax = await admin.newPolicy(
      'Laxer',
      policyText.replace('"read-only"', '"read-only", "workspace-write"'),
    )
    const other = await admin.newGroup('Others')
    await admin.setRules([
      { groupId: group, policy: strict },
      { groupId: other, policy: lax },
    ])
    const right = await admin.enrol('Tested machines', group)
    await admin.enrol('Other machines', other)
    setUp(right)

    const good = testMachine('Tested machines')
    expect(good).toMatchObject({ code: 0, report: { ok: true, expected: { name: 'Tested' } } })
    expect(good.report.keys).toHaveLength(4)

    const wrong = testMachine('Other machines')
    expect(wrong).toMatchObject({ code: 1, report: { ok: false } })
    const differing = (
      wrong.report.keys as { key: string; client: string; same: boolean }[]
    ).filter((k) => !k.same)
    expect(differing).toMatchObject([{ key: 'allowed_sandbox_modes', client: '["read-only"]' }])

    takeOff(right)
    expect(testMachine('Tested machines')).toMatchObject({
      code: 1,
      report: { ok: false, configServer: null },
    })
  })
})
