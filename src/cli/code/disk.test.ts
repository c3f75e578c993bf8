import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeFiles } from './disk.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gatehouse-disk-'))
  mkdirSync(join(home, 'repo'))
  writeFileSync(join(home, 'precious.toml'), 'mine')
})
afterEach(() => rmSync(home, { recursive: true }))

const files = new Map([
  ['gatehouse.toml', 'list'],
  ['policies/base.toml', 'text'],
])

it('writes through no link, also with force, and then nothing at all', () => {
  mkdirSync(join(home, 'repo/policies'))
  symlinkSync(join(home, 'precious.toml'), join(home, 'repo/policies/base.toml'))
  for (const force of [false, true])
    expect(() => writeFiles(join(home, 'repo'), files, force)).toThrow(/no file/)
  expect(readFileSync(join(home, 'precious.toml'), 'utf8')).toBe('mine')
  expect(() => readFileSync(join(home, 'repo/gatehouse.toml'))).toThrow()
})

it('nor into a folder that is a link', () => {
  mkdirSync(join(home, 'elsewhere'))
  symlinkSync(join(home, 'elsewhere'), join(home, 'repo/policies'))
  expect(() => writeFiles(join(home, 'repo'), files, true)).toThrow(/no folder/)
  expect(() => readFileSync(join(home, 'elsewhere/base.toml'))).toThrow()
})
