import { applyPatch as takePatch } from 'diff'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines, splitLines } from './lines.ts'
import { unifiedPatch } from './patch.ts'

const names = { fromName: 'a/policy.toml', toName: 'b/policy.toml' }
const text = fc
  .array(fc.constantFrom('', 'a', 'b', '-c', '+d', '@@', '\\ e', 'f\r'), { maxLength: 30 })
  .chain((lines) => fc.boolean().map((ended) => lines.join('\n') + (ended ? '\n' : '')))

/** Carries a patch out by its own header numbers, checking every line it claims to find. */
function applyPatch(before: string, patch: string): string {
  const lines = splitLines(before)
  const out: string[] = []
  let at = 0
  const body = splitLines(patch).slice(2)
  for (let index = 0; index < body.length; index++) {
    const line = body[index]!
    const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@\n$/.exec(line)
    if (header !== null) {
      const [start, count = 1] = header.slice(1, 3).map((value) => value && Number(value))
      const first = count === 0 ? Number(start) : Number(start) - 1
      out.push(...lines.slice(at, first))
      at = first
      expect(header[4] === '0' ? out.length : out.length + 1).toBe(Number(header[3]))
      continue
    }
    const unended = body[index + 1]?.startsWith('\\ No newline') === true
    const content = unended ? line.slice(1, -1) : line.slice(1)
    if (line.startsWith('\\')) continue
    if (!line.startsWith('+')) {
      expect(lines[at]).toBe(content)
      at++
    }
    if (!line.startsWith('-')) out.push(content)
  }
  return [...out, ...lines.slice(at)].join('')
}

describe('unifiedPatch', () => {
  it('turns a into b when it is applied, at any context', () => {
    fc.assert(
      fc.property(text, text, fc.constantFrom(0, 1, 3, Infinity), (a, b, context) => {
        const patch = unifiedPatch(diffLines(a, b), { ...names, context })
        expect(patch === '' ? a : applyPatch(a, patch)).toBe(b)
        expect(patch === '').toBe(a === b)
      }),
      { numRuns: 2000 },
    )
  })

  it('has the shape that patch and git read', () => {
    const diff = diffLines('one\ntwo\nthree\n', 'one\n2\nthree')
    expect(unifiedPatch(diff, names)).toBe(
      [
        '--- a/policy.toml',
        '+++ b/policy.toml',
        '@@ -1,3 +1,3 @@',
        ' one',
        '-two',
        '-three',
        '+2',
        '+three',
        '\\ No newline at end of file',
        '',
      ].join('\n'),
    )
    expect(unifiedPatch(diffLines('', 'x\n'), { ...names, context: 0 })).toContain('@@ -0,0 +1 @@')
  })

  it('keeps names from breaking out of their line', () => {
    const diff = diffLines('a\n', 'b\n')
    const patch = unifiedPatch(diff, { fromName: 'a/x\n+++ b/etc', toName: 'b/my "file"' })
    expect(patch.split('\n').slice(0, 2)).toEqual([
      '--- "a/x\\012+++ b/etc"',
      '+++ "b/my \\"file\\""',
    ])
    expect(unifiedPatch(diff, { fromName: 'a/b c', toName: 'd' })).toContain('--- a/b c\t\n+++ d\n')
  })

  it('is taken by another program, which gets the right text from it', () => {
    fc.assert(
      fc.property(text, text, fc.constantFrom(0, 1, 3), (a, b, context) => {
        fc.pre(a !== b)
        const patch = unifiedPatch(diffLines(a, b), { ...names, context })
        expect(takePatch(a, patch, { autoConvertLineEndings: false })).toBe(b)
      }),
      { numRuns: 500 },
    )
  })
})
