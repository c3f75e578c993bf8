import { expect, it } from 'vitest'
import { localPath } from './next.ts'

it.each([
  ['/', '/'],
  ['/policies?q=a#b', '/policies?q=a#b'],
  ['/a/../b', '/b'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/\n/evil.example', '/'],
  ['/.//evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['', '/'],
  [undefined, '/'],
  [`/${'a'.repeat(3000)}`, '/'],
])('%j leads to %j', (next, path) => {
  expect(localPath(next)).toBe(path)
})
