import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arbitraryDocument } from '#requirements/arbitrary.ts'
import { CHECK_CASES } from '#requirements/check.cases.ts'
import { checkRequirements } from '#requirements/index.ts'
import { disagreement, predict } from './differential.ts'
import { startOracle, type Oracle } from './oracle.ts'

// The check against the client over documents that nobody has thought of. `GATEHOUSE_SEED` and `GATEHOUSE_COUNT` ask for
// other ones, and more of them.

const seed = Number(process.env.GATEHOUSE_SEED ?? 20_261_123)
const count = Number(process.env.GATEHOUSE_COUNT ?? 2_500)

let oracle: Oracle

beforeAll(async () => {
  oracle = await startOracle(7447)
})
afterAll(() => oracle.close())

/** What the client and the check disagree about, with the document; and whether the client does what is expected. */
async function disagreements(
  documents: readonly { readonly toml: string; readonly expect?: string }[],
): Promise<readonly string[]> {
  const found = await Promise.all(
    documents.map(async ({ toml, expect: expected }) => {
      const verdict = await oracle.ask({ delivered: [toml] })
      const said = verdict.refused === undefined ? 'accepted' : 'refused'
      const unexpected = said === (expected ?? said) ? undefined : `the client ${said} it`
      const difference = unexpected ?? disagreement(toml, verdict, verdict.machine)
      return difference === undefined ? [] : [`${difference}\n--- the document\n${toml}`]
    }),
  )
  return found.flat()
}

describe('the client says what the check says', () => {
  it(`of ${count} documents of the grammar, seed ${seed}`, { timeout: count * 500 }, async () => {
    console.log(`differential: ${count} documents, GATEHOUSE_SEED=${seed}`)
    const documents = fc.sample(arbitraryDocument(), { numRuns: count, seed })
    expect(await disagreements(documents.map((toml) => ({ toml })))).toEqual([])
  })

  const patience = { timeout: CHECK_CASES.length * 500 }
  it('of every document that was picked by hand, and what is written there', patience, async () => {
    expect(await disagreements(CHECK_CASES)).toEqual([])
  })
})

describe('the grammar', () => {
  it('writes documents of either verdict, and leaves few undecided', () => {
    const machine = { home: '/h', codexHome: '/h/.codex', cwd: '/h', host: 'h' }
    const documents = fc.sample(arbitraryDocument(), { numRuns: 1_000, seed })
    const shares = { accepted: 0, refused: 0, either: 0 }
    for (const toml of documents) shares[predict(checkRequirements(toml), machine)] += 1
    expect(shares.accepted).toBeGreaterThan(400)
    expect(shares.refused).toBeGreaterThan(300)
    expect(shares.either).toBeLessThan(40)
  })
})
