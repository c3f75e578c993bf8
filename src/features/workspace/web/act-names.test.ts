import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { words } from './act-names.ts'

describe('words for acts', () => {
  it('has one for every act that a route records, and none for acts that do not exist', () => {
    const features = join(import.meta.dirname, '../..')
    const recorded = new Set<string>()
    for (const file of globSync('*/routes*.ts', { cwd: features }))
      for (const [, action = ''] of readFileSync(join(features, file), 'utf8').matchAll(
        /audit: ['`]([^'`]+)['`]/g,
      ))
        recorded.add(action)
    // One route is made three times.
    expect(recorded.delete('member.${verb}')).toBe(true)
    for (const verb of ['suspend', 'activate', 'archive']) recorded.add(`member.${verb}`)
    expect(Object.keys(words).toSorted()).toEqual([...recorded].toSorted())
  })
})
