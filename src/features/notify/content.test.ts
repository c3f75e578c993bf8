import { describe, expect, it } from 'vitest'
import type { ReportOptions, StepReport } from '#features/watch/index.ts'
import { mergeReports, reportFor, type Ask } from './content.ts'
import { samplePage, sampleReport } from './report.test.samples.ts'

const ask = (change: Partial<Ask>): Ask => ({
  subscriptionId: 'sub_1',
  page: null,
  term: null,
  formatting: false,
  ...change,
})

async function asked(asks: readonly Ask[]): Promise<readonly ReportOptions[]> {
  const seen: ReportOptions[] = []
  const report = (_: string, options: ReportOptions): Promise<StepReport | undefined> => {
    seen.push(options)
    return Promise.resolve(undefined)
  }
  expect(await reportFor(report, { snapshotId: 'snp_1', asks }, {})).toBeUndefined()
  return seen
}

describe('several subscriptions to one step', () => {
  it('are one question where one wants the whole', async () => {
    expect(await asked([ask({ page: 'a' }), ask({}), ask({ term: 'keys' })])).toEqual([{}])
  })

  it('ask for formatting only where it is wanted', async () => {
    expect(await asked([ask({}), ask({ page: 'a', formatting: true })])).toEqual([
      {},
      { page: 'a', formatting: true },
    ])
    expect(await asked([ask({}), ask({ formatting: true })])).toEqual([{ formatting: true }])
  })

  it('ask each different question once', async () => {
    expect(await asked([ask({ page: 'a' }), ask({ page: 'a' }), ask({ term: 'x' })])).toEqual([
      { page: 'a' },
      { term: 'x' },
    ])
  })

  it('show each page once, with its diff where one has it, largest first', () => {
    const small = samplePage({ page: 'small', added: 1, removed: 0 })
    const bare = samplePage({ page: 'large', added: 9, removed: 9, diff: null })
    const large = samplePage({ page: 'large', added: 9, removed: 9 })
    const merged = mergeReports([
      sampleReport({ pages: [small, bare], added: 10, removed: 9 }),
      sampleReport({ pages: [large], added: 9, removed: 9, keys: 'one key is new' }),
    ])
    expect(merged?.pages).toEqual([large, small])
    expect(merged).toMatchObject({ added: 10, removed: 9, keys: 'one key is new' })
  })
})
