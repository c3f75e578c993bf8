import { describe, expect, it } from 'vitest'
import type { Failed } from './failures.ts'
import { noteFailures } from './failures.ts'
import type { FailureRow } from './store.ts'

const occasion = { collectionId: 'col_1', runId: 'run_2', at: 10 }
const failed = (pageId: string, kind: 'timeout' | 'blocked' = 'timeout'): Failed => ({
  pageId,
  page: pageId,
  failure: { kind, url: `u/${pageId}`, status: null, message: `${pageId}!`, remedy: 'r' },
  settled: false,
})
const open = (pageId: string, inARow: number): FailureRow => ({
  id: `wfl_${pageId}`,
  collection_id: 'col_1',
  run_id: 'run_1',
  page_id: pageId,
  url: `u/${pageId}`,
  at: 1,
  kind: 'timeout',
  status: null,
  message: '',
  remedy: '',
  in_a_row: inARow,
  mended: 0,
})
const looked = (...ids: string[]) => ({ pageIds: new Set(ids), sourceUrls: new Set<string>() })

describe('failures from run to run', () => {
  it('are one record while they stay the same, and another when they change', () => {
    const noted = noteFailures(
      occasion,
      [open('a', 1), open('b', 4)],
      [failed('a'), failed('b', 'blocked'), failed('c')],
      looked('a', 'b', 'c'),
    )
    expect(noted.update).toMatchObject([{ id: 'wfl_a', in_a_row: 2, at: 10, run_id: 'run_2' }])
    expect(noted.insert).toMatchObject([
      { page_id: 'b', kind: 'blocked', in_a_row: 5 },
      { page_id: 'c', kind: 'timeout', in_a_row: 1 },
    ])
    expect(noted.mend).toEqual(['wfl_b'])
  })

  it('are mended when the page works again, not when nobody looked', () => {
    const noted = noteFailures(occasion, [open('a', 1), open('b', 1)], [], looked('a'))
    expect(noted.mend).toEqual(['wfl_a'])
  })

  it('are told at the third time, once, and many of them together', () => {
    const tell = (ids: readonly string[], inARow: number) =>
      noteFailures(
        occasion,
        ids.map((id) => open(id, inARow)),
        ids.map((id) => failed(id)),
        looked(...ids),
      ).trouble
    expect(tell(['a'], 1)).toEqual([])
    expect(tell(['a'], 2)).toMatchObject([{ kind: 'trouble', page: 'a', failure: 'timeout' }])
    expect(tell(['a'], 3)).toEqual([])
    const many = tell(['a', 'b', 'c', 'd', 'e', 'f'], 2)
    expect(many).toMatchObject([{ page: null }])
    expect(many[0]?.message).toContain('6 pages')
  })
})
