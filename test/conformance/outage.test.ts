import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { adminOf, type Enrolment } from './admin.ts'
import { setUp } from './machine.ts'
import { startPostgres, type Postgres } from './postgres.ts'
import { startProduct, type Product } from './product.ts'

const strict = 'allowed_sandbox_modes = ["read-only"]\nallowed_approval_policies = ["on-request"]\n'
const laxer = 'allowed_approval_policies = ["on-request", "never"]\n'

let product: Product | undefined
let postgres: Postgres | undefined

afterEach(async () => {
  await product?.stop()
  await postgres?.stop()
  product = postgres = undefined
})

/** An enrolment with a policy of its own, fetched once so that nothing is new to the product. */
async function company(of: Product) {
  const admin = adminOf(of)
  const policy = await admin.newPolicy('Through the outage', strict)
  await admin.setDefault(policy)
  return { admin, policy, enrolment: await admin.enrol('Fleet', null) }
}

const served = async (enrolment: Enrolment) =>
  (await setUp(enrolment).newHome().startupConfig()).requirements?.allowedApprovalPolicies

describe('the database is gone', () => {
  it('PostgreSQL stopped: the policy from memory; after a restart from the file; afterwards as before', async () => {
    postgres = await startPostgres()
    product = await startProduct({ databaseUrl: postgres.url })
    const { admin, policy, enrolment } = await company(product)
    expect(await served(enrolment)).toEqual(['on-request'])

    await postgres.stop()
    expect(await served(enrolment)).toEqual(['on-request'])
    await expect(admin.publish(policy, laxer)).rejects.toThrow(/503/)

    await product.stop()
    await product.start({ expectReady: false })
    expect(await served(enrolment)).toEqual(['on-request'])

    await postgres.start()
    await expect
      .poll(() => admin.publish(policy, laxer).catch(() => 0), { timeout: 60_000 })
      .toBe(2)
    expect(await served(enrolment)).toEqual(['on-request', 'never'])
  })

  it('the SQLite file overwritten with rubbish: the policy from memory, and after a restart from the file', async () => {
    product = await startProduct()
    const { enrolment } = await company(product)
    expect(await served(enrolment)).toEqual(['on-request'])

    for (const suffix of ['', '-wal', '-shm']) {
      writeFileSync(join(product.data, `gatehouse.db${suffix}`), 'rubbish '.repeat(4096))
    }
    expect(await served(enrolment)).toEqual(['on-request'])

    await product.stop()
    await product.start({ expectReady: false })
    expect(await served(enrolment)).toEqual(['on-request'])
  })
})
