import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addToSearch, createSearchIndex, removeFromSearch, search } from '#kernel/search.ts'
import { openEngine } from '../engine.ts'

const lines = [
  'The file requirements.toml decides.',
  'Requirements are read at the start',
  'toml comes before requirements here',
  'A café in Zürich, sandbox_mode = "read-only"',
  '設定ファイル',
  "it's 'quoted' \\ and : odd & | ! <->",
]
const base = 3 * 2 ** 31
let engine: Awaited<ReturnType<typeof openEngine>>
beforeEach(async () => {
  engine = await openEngine([{ name: 'test-001-search', up: () => createSearchIndex('test') }])
  await engine.db.tx(() =>
    addToSearch(
      'test',
      lines.map((text, i) => ({ id: base + i, text })),
    ),
  )
})
afterEach(() => engine.close())

const find = async (query: string, range = { from: base, to: base + 100 }, limit = 10) =>
  (await engine.db.read(() => search('test', query, { ...range, limit }))).map((id) => id - base)

describe('full-text search', () => {
  it('takes any line in, as far as an index holds it', async () => {
    const words = Array.from({ length: 16_000 }, (_, i) => `${i}`.padEnd(190, 'ж'))
    await engine.db.tx(() => addToSearch('test', [{ id: base + 90, text: words.join(' ') }]))
    expect(await find(words[0] ?? '')).toEqual([90])
  })

  it.each([
    ['requirements', [2, 1, 0]],
    ['REQUIREMENTS', [2, 1, 0]],
    ['requirements.toml', [0]],
    ['requirements toml', [2, 0]],
    ['"requirements toml"', [0]],
    ['requir*', [2, 1, 0]],
    ['"file requ"*', [0]],
    ['requir', []],
    ['cafe zurich', [3]],
    ['sandbox_mode', [3]],
    ['ファイル', [4]],
    ["it's quoted", [5]],
    ['', []],
  ])('finds %s', async (query, found) => {
    expect(await find(query)).toEqual(found)
  })

  it.each([
    '"',
    "'",
    '*',
    'a*b',
    '(',
    ')',
    'OR',
    'NEAR(a b)',
    'a:b',
    '^zz',
    '-zz',
    '\\',
    '&',
    '!zz',
    "x' or 1=1",
    '\0',
  ])('takes %j for what it is', async (query) => {
    expect(await find(query)).toEqual([])
  })

  it('stays in its range, the highest first, and stops at the limit', async () => {
    expect(await find('requirements', { from: base, to: base + 2 })).toEqual([1, 0])
    expect(await find('requirements', { from: base + 2, to: base + 9 })).toEqual([2])
    expect(await find('requirements', undefined, 2)).toEqual([2, 1])
  })

  it('forgets what is taken out', async () => {
    await engine.db.tx(() => removeFromSearch('test', [base + 1]))
    expect(await find('requirements')).toEqual([2, 0])
    await engine.db.tx(() => addToSearch('test', [{ id: base + 1, text: 'requirements again' }]))
    expect(await find('again')).toEqual([1])
  })
})
