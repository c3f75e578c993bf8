import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { comment, powershell, shell, toml, xml, yaml } from './quote.ts'

const nasty = [
  "'",
  '"',
  '\\',
  '$',
  '`',
  '\n',
  '\r',
  '#',
  '{',
  '}',
  '%',
  '<',
  '>',
  '&',
  ';',
  '|',
  '-',
  ' ',
  'a',
].concat(['\u2018', '\u2019', '\u201a', '\u201b', '\u0085', '\u2028', '\ud800'])
const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...nasty)).map((list) => list.join('')),
)
const text = anything.map((s) => s.replaceAll('\0', ''))

describe('quoting', () => {
  it('gives the shell back exactly what went in', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (values) => {
        const wellFormed = values.map((v) => v.toWellFormed())
        const script = `printf '%s\\0' ${wellFormed.map(shell).join(' ')}`
        const out = execFileSync('/bin/sh', ['-c', script]).toString()
        expect(out).toBe(wellFormed.length === 0 ? '\0' : wellFormed.map((v) => `${v}\0`).join(''))
      }),
      { numRuns: 50 },
    )
  })

  it('gives TOML back what went in', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(parseToml(`a = ${toml(value)}`)).toEqual({ a: value.toWellFormed() })
      }),
    )
  })

  it('gives YAML back what went in', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(parseYaml(`a: ${yaml(value)}`)).toEqual({ a: value.toWellFormed() })
      }),
    )
  })

  it('gives PowerShell one string that ends where it should', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(readPowershell(powershell(value))).toBe(value)
      }),
    )
  })

  it('leaves nothing in XML that opens a tag or an entity, and nothing XML has no character for', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const out = xml(value)
        expect(out).not.toMatch(/[<>"]/)
        expect(out.replaceAll(/&(amp|lt|gt|quot);/g, '')).not.toContain('&')
        // XML 1.0, production 2.
        expect(out).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u)
      }),
    )
  })

  it('makes a comment of one line', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(comment(value)).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u)
        expect(comment(value)).not.toContain('--')
      }),
    )
  })
})

/** The tokenizer's rule for single-quoted strings: any of five marks, twice for itself. Throws if anything follows the end. */
function readPowershell(literal: string): string {
  const marks = "'‘’‚‛"
  let out = ''
  for (let i = 1; i < literal.length; i++) {
    const c = literal.charAt(i)
    if (!marks.includes(c)) out += c
    else if (i + 1 < literal.length && marks.includes(literal.charAt(i + 1)))
      out += literal.charAt(++i)
    else if (i === literal.length - 1) return out
    else throw new Error(`ends at ${i} of ${literal}`)
  }
  throw new Error(`never ends: ${literal}`)
}
