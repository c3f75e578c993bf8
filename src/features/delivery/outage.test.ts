import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '#kernel/log.ts'
import type { Answers, KeyAnswer } from './answers.ts'
import { bundleOf } from './bundle.ts'
import { confirmEvery } from './outage.file.ts'
import { createOutageStore, freeze, thaw } from './outage.ts'

const served = (text: string): KeyAnswer['outcome'] => ({
  kind: 'served',
  bundle: bundleOf({ id: 'p', name: 'P', version: 1, text, defaults: '' }),
  policyId: 'p',
  versionId: 'v',
  served: 'P v1',
})
const answer = (outcome: KeyAnswer['outcome'], endsAt: number | null = null): KeyAnswer => ({
  keyId: 'k',
  prefix: 'gh_enr_',
  enrolmentId: 'e',
  enrolment: 'Laptops',
  endsAt,
  outcome,
})
const answers = (text: string): Answers => ({
  revision: 1,
  byHash: new Map([['aa', answer(served(text))]]),
})
const anyAnswers = fc
  .array(
    fc.tuple(
      fc.string(),
      fc.oneof(
        fc.string().map(served),
        fc.string().map((message): KeyAnswer['outcome'] => ({
          kind: 'refused',
          code: 'surface_off',
          message,
        })),
      ),
      fc.option(fc.nat()),
    ),
  )
  .map((list): Answers => ({
    revision: 3,
    byHash: new Map(list.map(([hash, outcome, endsAt]) => [hash, answer(outcome, endsAt)])),
  }))

describe('the outage file', () => {
  let folder: string
  const log = createLog('silent')
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gatehouse-outage-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const store = (now = 5) => createOutageStore(folder, () => now, log)

  it('gives back every answer', () => {
    fc.assert(
      fc.property(anyAnswers, (all) => {
        const file = JSON.parse(JSON.stringify(freeze(all, 9))) as ReturnType<typeof freeze>
        expect(new Map(thaw(file).byHash)).toEqual(new Map(all.byHash))
        expect(file.confirmedAt).toBe(9)
      }),
    )
  })

  it('is read by the next process, and only by the owner of the folder', async () => {
    const first = store()
    first.save(answers('a'), 100)
    await first.settled()
    expect(statSync(first.path).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'outage')).mode & 0o777).toBe(0o700)
    const loaded = await store().load()
    expect(loaded?.confirmedAt).toBe(100)
    expect([...(loaded?.answers.byHash.values() ?? [])]).toEqual([answer(served('a'))])
    expect(await createOutageStore(join(folder, 'else'), () => 0, log).load()).toBeUndefined()
  })

  it('ends with the newest of many answers in quick succession', async () => {
    const one = store()
    for (let i = 0; i < 50; i++) one.save(answers(String(i)), i)
    await one.settled()
    const loaded = await store().load()
    expect(loaded?.answers).toEqual(answers('49'))
    expect(loaded?.confirmedAt).toBe(49)
  })

  it('counts its age from the last confirmation, which is written seldom', async () => {
    const one = store()
    one.save(answers('a'), 100)
    await one.settled()
    one.confirm(101)
    await one.settled()
    expect((await store().load())?.confirmedAt).toBe(100)
    one.confirm(100 + confirmEvery)
    await one.settled()
    expect((await store().load())?.confirmedAt).toBe(100 + confirmEvery)
  })

  it('does not take the confirmation of another content for its own', async () => {
    const one = store()
    one.save(answers('a'), 100)
    await one.settled()
    const old = readFileSync(one.path)
    one.save(answers('b'), 200)
    await one.settled()
    writeFileSync(one.path, old)
    expect((await store().load())?.confirmedAt).toBe(100)
  })

  it('is not believed when it is damaged', async () => {
    const one = store()
    one.save(answers('sandbox'), 100)
    await one.settled()
    const good = readFileSync(one.path, 'utf8')
    writeFileSync(one.path, good.replace('sandbox', 'sandbix'))
    await expect(store().load()).rejects.toThrow(/damaged/)
    writeFileSync(one.path, good.slice(0, 200))
    await expect(store().load()).rejects.toThrow()
  })

  it('says since when it cannot be written, and recovers', async () => {
    writeFileSync(join(folder, 'outage'), 'a file in the way')
    const one = store(77)
    one.save(answers('a'), 1)
    await one.settled()
    expect(one.failingSince()).toBe(77)
    rmSync(join(folder, 'outage'))
    one.save(answers('a'), 2)
    await one.settled()
    expect(one.failingSince()).toBeNull()
    expect((await store().load())?.confirmedAt).toBe(2)
  })
})
