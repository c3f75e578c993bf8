import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Bearer } from '#features/clients/index.ts'
import { createLog } from '#kernel/log.ts'
import type { MemberAnswer } from './answers.ts'
import { bundleOf } from './bundle.ts'
import { createClientsFile, lines, read, type Picture } from './outage.clients.ts'
import { confirmEvery, sha256 } from './outage.file.ts'

const served = (text: string): MemberAnswer => ({
  kind: 'served',
  bundle: bundleOf({ id: 'p', name: 'P', version: 1, text, defaults: '' }),
  policyId: 'p',
  versionId: 'v',
  served: 'P v1',
})
const anyAnswer: fc.Arbitrary<MemberAnswer> = fc.oneof(
  fc.string().map(served),
  fc.record({
    kind: fc.constant('refused' as const),
    code: fc.constantFrom('surface_off' as const, 'member_suspended' as const),
    message: fc.string({ unit: 'grapheme' }),
  }),
)
const principalId = fc.constantFrom('mem_1', 'mem_2', 'sva_3', 'gone')
const anyBearer = fc.record({
  clientId: fc.string(),
  principalId,
  made: fc.boolean(),
  route: fc.constantFrom('workspace' as const, 'config_server' as const),
  endsAt: fc.nat(200),
})
const picture = (
  bearers: ReadonlyMap<string, Bearer>,
  answers: ReadonlyMap<string, MemberAnswer>,
): Picture => ({
  confirmedAt: 7,
  workspace: { id: 'ws', name: 'Acme' },
  bearers,
  outcome: ({ principalId, made }) => answers.get(made ? `${principalId} made` : principalId),
})
const written = (of: Picture, now: number): string => {
  const text = [...lines(of, now)].join('')
  return `${text}${sha256(text)}\n`
}

describe('the file of signed-in clients', () => {
  it('gives back every token that lives, with what its member gets', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), anyBearer, { maxKeys: 30 }),
        fc.record({ mem_1: anyAnswer, mem_2: anyAnswer, sva_3: anyAnswer }),
        fc.record({ mem_1: anyAnswer, mem_2: anyAnswer, sva_3: anyAnswer }),
        (tokens, signedIn, made) => {
          const bearers = new Map(Object.entries(tokens))
          const answers = new Map([
            ...Object.entries(signedIn),
            ...Object.entries(made).map(([id, answer]) => [`${id} made`, answer] as const),
          ])
          const back = read(written(picture(bearers, answers), 100))
          const living = [...bearers].filter(
            ([, { endsAt, principalId }]) => endsAt > 100 && principalId !== 'gone',
          )
          expect(back.bearers).toEqual(new Map(living))
          for (const [, of] of living)
            expect(back.outcome(of)).toEqual(picture(bearers, answers).outcome(of))
          expect([back.confirmedAt, back.workspace]).toEqual([7, { id: 'ws', name: 'Acme' }])
        },
      ),
    )
  })

  it('is not believed when a byte of it has changed or its end is missing', () => {
    const one: Bearer = {
      clientId: 'c',
      principalId: 'mem_1',
      made: false,
      route: 'workspace',
      endsAt: 200,
    }
    const text = written(picture(new Map([['h', one]]), new Map([['mem_1', served('a')]])), 100)
    fc.assert(
      fc.property(fc.nat(text.length - 1), (at) => {
        const other = text[at] === 'x' ? 'y' : 'x'
        expect(() => read(text.slice(0, at) + other + text.slice(at + 1))).toThrow()
        expect(() => read(text.slice(0, at))).toThrow()
      }),
    )
  })

  describe('on the disk', () => {
    let folder: string
    const log = createLog('silent')
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gatehouse-clients-'))))
    afterEach(() => rmSync(folder, { recursive: true, force: true }))
    const bearers = new Map<string, Bearer>()
    const file = (of: () => Picture | undefined) =>
      createClientsFile({ dataDir: folder, clock: () => 100, log, picture: of })
    const many = (count: number) => {
      bearers.clear()
      for (let i = 0; i < count; i++)
        bearers.set(sha256(String(i)), {
          clientId: `cli_${i}`,
          principalId: `mem_${1 + (i % 3)}`,
          made: false,
          route: 'workspace',
          endsAt: 200,
        })
    }
    const answers = new Map(['mem_1', 'mem_2', 'mem_3'].map((id) => [id, served(id)]))

    it('is written in parts, whole, and for its owner only', async () => {
      many(7001)
      const one = file(() => picture(bearers, answers))
      one.save()
      await one.settled()
      expect(statSync(one.path).mode & 0o777).toBe(0o600)
      const back = await file(() => undefined).load()
      expect(back?.bearer(sha256('7000'))).toEqual(bearers.get(sha256('7000')))
      expect(back?.outcome({ principalId: 'mem_2', made: false })).toEqual(answers.get('mem_2'))
      writeFileSync(one.path, readFileSync(one.path, 'utf8').replace('mem_2', 'mem_9'))
      await expect(file(() => undefined).load()).rejects.toThrow(/damaged/)
    })

    it('is written when it settles, if something waits, and not before there is anything', async () => {
      const none = file(() => undefined)
      none.save()
      await none.settled()
      expect(await none.load()).toBeUndefined()
      many(1)
      const one = file(() => picture(bearers, answers))
      one.saveWithin(1_000_000)
      expect(await one.load()).toBeUndefined()
      await one.settled()
      expect((await one.load())?.bearer(sha256('0'))).toBeDefined()
    })

    it('is soon written when something must not be forgotten', async () => {
      many(1)
      const one = file(() => picture(bearers, answers))
      one.saveWithin(1_000_000)
      one.saveWithin(1)
      await expect.poll(() => one.load()).toBeDefined()
    })

    it('counts its age from the last confirmation of this very content', async () => {
      many(1)
      const one = file(() => picture(bearers, answers))
      one.save()
      await one.settled()
      one.confirm(8)
      await one.settled()
      expect((await one.load())?.confirmedAt).toBe(7)
      one.confirm(7 + confirmEvery)
      await one.settled()
      expect((await one.load())?.confirmedAt).toBe(7 + confirmEvery)
      many(2)
      one.save()
      await one.settled()
      expect((await one.load())?.confirmedAt).toBe(7)
    })
  })
})
