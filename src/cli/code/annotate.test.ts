import { expect, it } from 'vitest'
import { formats } from './annotate.ts'
import type { Finding } from './folder.ts'

const finding: Finding = {
  file: 'policies/a,b.toml',
  severity: 'error',
  code: 'wrong_type',
  line: 3,
  column: 5,
  endLine: 3,
  endColumn: 9,
  message: '100 % wrong:\nsee above',
}

it('is a line for people', () => {
  expect(formats.text(finding)).toBe(
    'policies/a,b.toml:3:5 error wrong_type 100 % wrong:\nsee above',
  )
})

it('is an annotation that nothing in a name or message can end', () => {
  expect(formats.github(finding)).toBe(
    '::error file=policies/a%2Cb.toml,line=3,endLine=3,col=5,endColumn=8,title=wrong_type::100 %25 wrong:%0Asee above',
  )
  expect(formats.github({ ...finding, endLine: 4 })).not.toContain('col=')
})
