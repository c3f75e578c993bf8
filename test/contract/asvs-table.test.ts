import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/security.md'), 'utf8')
const rows = page.split('\n').filter((line) => line.startsWith('|') && !/^\|[ -|]*$/.test(line))
const columns = rows.map((row) => row.split('|').map((cell) => cell.trim()))
const tests = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root })
const texts = tests.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')

/** What stands in the last column between backticks, as far as it names files. */
const filesOf = (cell: string): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, name = '']) => (/[ ()]/.test(name) ? [] : [name]))

describe('the table of docs/security.md', () => {
  it('has a test for each line', () => {
    const lines = columns.filter(([, line]) => line !== 'line')
    expect(lines.length).toBeGreaterThan(35)
    for (const cells of lines) expect([cells[1], cells[4]]).not.toEqual([cells[1], ''])
  })

  it('names files and tests that there are', () => {
    for (const [, line, , , cell = ''] of columns) {
      for (const name of filesOf(cell)) {
        const file = /^(src|test)\//.test(name) ? name : `test/contract/${name}.test.ts`
        const found = file.includes('*')
          ? globSync(file, { cwd: root }).length > 0
          : existsSync(join(root, file))
        expect([line, file, found]).toEqual([line, file, true])
      }
      for (const [, name = ''] of cell.matchAll(/“([^”]+)”/g))
        expect([line, name, texts.includes(name)]).toEqual([line, name, true])
    }
  })
})
