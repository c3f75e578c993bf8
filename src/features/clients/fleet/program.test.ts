import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { programOf } from './program.ts'

describe('what a program calls itself', () => {
  it.each([
    ['codex_cli_rs/0.169.0 (Debian 12.0.0; x86_64) xterm', 'Codex CLI 0.169.0 on Debian 12.0.0'],
    ['codex_exec/0.169.0 (Mac OS 15.1; arm64) iTerm', 'Codex exec 0.169.0 on Mac OS 15.1'],
    ['codex-cli', 'Codex CLI'],
    ['reqwest/0.12', 'reqwest 0.12'],
    ['constructor/1', 'constructor 1'],
    ['', ''],
    ['(nothing)', ''],
  ])('%j is read as %j', (userAgent, program) => {
    expect(programOf(userAgent)).toBe(program)
  })

  it('stays short whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'binary' }), (userAgent) => {
        expect(programOf(userAgent).length).toBeLessThanOrEqual(130)
      }),
    )
  })
})
