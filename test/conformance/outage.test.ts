import { renameSync, rmSync, writeFileSync } from 'node:fs'
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

/** What an empty home is given; when it is refused, the product's own log says more than the client does. */
async function served(enrolment: Enrolment): Promise<unknown> {
  const { requirements, error } = await setUp(enrolment).newHome().startupConfig()
  if (error !== undefined) throw new Error(`${JSON.stringify(error)}\n${product?.log() ?? ''}`)
  return requirements?.allowedApprovalPolicies
}

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
    await expect.poll(state, { timeout: 60_000, interval: 200 }).toBe('serving')
    expect(await admin.publish(policy, laxer)).toBe(2)
    expect(await served(enrolment)).toEqual(['on-request', 'never'])
  })

  it('the SQLite file overwritten with rubbish: the policy from memory', async () => {
    product = await startProduct()
    const { enrolment } = await company(product)
    spoil(product)
    expect(await served(enrolment)).toEqual(['on-request'])
  })

  it.each([
    ['overwritten with rubbish', spoil],
    ['missing', () => undefined],
  ])(
    'the SQLite file %s at a restart: the policy from the file, and on by itself when it is back',
    async (_, befall) => {
      product = await startProduct()
      const { admin, policy, enrolment } = await company(product)
      expect(await served(enrolment)).toEqual(['on-request'])
      await product.stop()
      const file = join(product.data, 'gatehouse.db')
      renameSync(file, `${file}.kept`)
      befall(product)
      await product.start({ expectReady: false })
      await expect.poll(state).toBe('outage')
      expect(await served(enrolment)).toEqual(['on-request'])

      for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
      renameSync(`${file}.kept`, file)
      await expect.poll(state, { timeout: 60_000, interval: 200 }).toBe('serving')
      expect(await admin.publish(policy, laxer)).toBe(2)
      expect(await served(enrolment)).toEqual(['on-request', 'never'])
    },
  )
})

/** The file and what stands beside it hold no database any more. */
function spoil({ data }: Product): void {
  for (const suffix of ['', '-wal', '-shm']) {
    writeFileSync(join(data, `gatehouse.db${suffix}`), 'rubbish '.repeat(4096))
  }
}

async function state(): Promise<unknown> {
  const response = await fetch('http://127.0.0.1:7080/readyz')
  return ((await response.json()) as { status?: unknown }).status
}
