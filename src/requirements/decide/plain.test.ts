import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readScript } from './plain.ts'

const commandsOf = (script: string) => {
  const read = readScript(script)
  return read.kind === 'plain' ? read.commands : read.kind
}

describe('readScript', () => {
  it('takes a chain of plain commands apart', () => {
    expect(commandsOf('git add . && git push; ls | wc -l || x\ny')).toEqual([
      ['git', 'add', '.'],
      ['git', 'push'],
      ['ls'],
      ['wc', '-l'],
      ['x'],
      ['y'],
    ])
  })

  it('reads quotes as the client does', () => {
    expect(commandsOf(`a "b c" 'd $e' f"g"'h' ""`)).toEqual([['a', 'b c', 'd $e', 'fgh', '']])
    expect(commandsOf('a "b\nc"')).toEqual([['a', 'b\nc']])
    expect(commandsOf('a "\\n"')).toEqual([['a', '\\n']])
    expect(commandsOf('a "\\""')).toBe('whole')
    expect(commandsOf(`a ''""`)).toBe('whole')
  })

  it('goes on in the next line behind a backslash', () => {
    expect(commandsOf('a \\\n b')).toEqual([['a', 'b']])
    expect(commandsOf('a \\\r\n b')).toEqual([['a', 'b']])
    expect(commandsOf('a \\\n')).toBe('whole')
  })

  it.each([
    ['a > b', 'a redirection'],
    ['a &', 'a command in the background'],
    ['a $b', 'an expansion'],
    ['a `b`', 'an expansion'],
    ['a # b', 'a comment'],
    ['(a)', 'parentheses'],
    ['a *.b', 'a pattern that a shell may expand'],
    ['a {b,c}', 'braces'],
    ['a b\\ c', 'a backslash outside of single quotes'],
    ['if a; then b; fi', 'the shell word if'],
    ['X=1 a', 'a variable that is set'],
    ['"a" b', 'a program in quotes'],
    ['a"b" c', 'a program whose name is put together from parts'],
    ['a &&', 'nothing after &&'],
    ['a ; ; b', 'an empty command'],
    ['', 'no command'],
  ])('does not look into %j', (script, why) => {
    expect(readScript(script)).toEqual({ kind: 'whole', why })
  })

  it('says where the grammar of the client can swallow a line', () => {
    expect(readScript('a | b | c\nd && e')).toMatchObject({ kind: 'plain', doubtFrom: 2 })
    expect(readScript('a | b | c\nd')).not.toHaveProperty('doubtFrom')
    expect(readScript('a | b\nd && e')).not.toHaveProperty('doubtFrom')
    expect(readScript('a | b | c; d && e')).not.toHaveProperty('doubtFrom')
    expect(readScript('a\n\\\nb').kind).toBe('unsure')
  })

  it('reads in one pass what is never closed', () => {
    // Exponential work would not end within the test's time.
    for (const open of ['a "', "a '", 'a "b" "', 'a "\\x']) {
      expect(commandsOf(open + 'b c '.repeat(10_000))).toBe('whole')
      expect(commandsOf(open.repeat(1000))).not.toBe('unsure')
    }
  })

  it('never throws, and is the same with blanks around', () => {
    const part = fc.constantFrom(
      'a',
      'b ',
      '"c d"',
      "'e'",
      ' && ',
      ' | ',
      ';',
      '\n',
      '\\',
      '$',
      '=',
      '#',
      '>',
    )
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join('')),
        fc.string(),
        (script, noise) => {
          readScript(noise)
          const read = readScript(script)
          if (read.kind === 'plain') expect(readScript(` ${script}\n\n`)).toEqual(read)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('reads back every list of words written in single quotes', () => {
    const word = fc.string().filter((text) => !/['\0]/.test(text))
    fc.assert(
      fc.property(fc.array(fc.array(word), { minLength: 1 }), (commands) => {
        const script = commands
          .map((words) => ['run', ...words.map((text) => `'${text}'`)].join(' '))
          .join(' && ')
        expect(commandsOf(script)).toEqual(commands.map((words) => ['run', ...words]))
      }),
    )
  })
})
