import { RE2JS } from 're2js'

/**
 * Whether the client can compile a regular expression. `full`: Rust's regex crate (hook matchers).
 * `lite`: the smaller engine it uses for MCP identities, without Unicode classes and class sets
 * (both measured on 0.169). `unsure` means that the client takes it but our linear-time engine,
 * which later has to evaluate it, does not.
 */
export type RegexVerdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'unsure'; readonly why: string }
  | { readonly kind: 'bad'; readonly why: string }

export function judgeRegex(pattern: string, engine: 'full' | 'lite'): RegexVerdict {
  if (engine === 'lite') {
    const why = beyondLite(pattern)
    if (why !== undefined) return { kind: 'bad', why }
  }
  const why = compileError(pattern)
  if (why === undefined) return { kind: 'good' }
  const rewritten = withoutRustOnly(pattern)
  const kind = rewritten !== pattern && compileError(rewritten) === undefined ? 'unsure' : 'bad'
  return { kind, why }
}

function compileError(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern)
    return undefined
  } catch (error) {
    const message = error instanceof Error ? error.message : 'it cannot be read'
    return message.replace(/^error parsing regexp: /, '')
  }
}

/** Puts something harmless in the place of what Rust reads and RE2 does not. */
function withoutRustOnly(pattern: string): string {
  return pattern
    .replaceAll(/\\[uU](?:\{[0-9A-Fa-f]{1,6}\}|[0-9A-Fa-f]{4})/g, 'A')
    .replaceAll(
      /\(\?([imsUuxR]*)(-[imsUuxR]+)?([:)])/g,
      (_all, on: string, off = '', end: string) => {
        const flags = on.replaceAll(/[uxR]/g, '')
        const without = String(off).replaceAll(/[uxR]/g, '')
        const written = flags + (without === '-' ? '' : without)
        return written === '' ? (end === ':' ? '(?:' : '') : `(?${written}${end}`
      },
    )
    .replaceAll(/\{\d{4,}(,\d*)?\}/g, '{1}')
    .replaceAll(/([*+?}])[*+]+/g, '$1')
}

const SET_OPERATORS = ['&&', '--', '~~']

/** What the smaller engine refuses although RE2 reads it. One pass; escapes are skipped. */
function beyondLite(pattern: string): string | undefined {
  let depth = 0
  let inClass = false
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at)
    if (char === '\\') {
      const next = pattern.charAt(at + 1)
      if (next === 'p' || next === 'P') return 'Unicode classes (\\p) are not supported'
      if (next === 'Q' || next === 'C') return `\\${next} is not supported`
      if (next === '0') return 'octal escapes are not supported'
      at += 1
    } else if (inClass) {
      if (char === ']') inClass = false
      else if (char === '[' && pattern.charAt(at + 1) === ':') at = skipNamed(pattern, at)
      else if (char === '[') return 'classes inside classes are not supported'
      else if (SET_OPERATORS.includes(pattern.slice(at, at + 2)))
        return `the operator ${pattern.slice(at, at + 2)} in a class is not supported`
    } else if (char === '[') {
      inClass = true
      // `]` first in a class, also after `^`, is an ordinary character.
      if (pattern.charAt(at + 1) === '^') at += 1
      if (pattern.charAt(at + 1) === ']') at += 1
    } else if (char === '(') {
      depth += 1
      if (depth > 50) return 'it is nested more than 50 deep'
      if (pattern.startsWith('(?)', at)) return 'an empty flag group is not supported'
    } else if (char === ')') depth -= 1
    else if (char === '{' && !/^\{\s*\d+\s*(,\s*\d*\s*)?\}/.test(pattern.slice(at, at + 40)))
      return 'a brace that is no repetition must be written \\{'
  }
  return undefined
}

/** The end of `[:name:]`, or the bracket itself when it is none. */
function skipNamed(pattern: string, at: number): number {
  const end = pattern.indexOf(':]', at + 2)
  return end === -1 ? at : end + 1
}
