import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideCommand } from './command.ts'
import { readCommands } from './recorded.ts'
import { replay } from './replay.ts'
import { commandRulesOf } from './rules.ts'

const rules = (...each: readonly string[]) =>
  commandRulesOf(
    `rules.prefix_rules = [${each
      .map((rule) => {
        const [program, decision] = rule.split(' ')
        return `{ pattern = [{ token = "${program}" }], decision = "${decision}" }`
      })
      .join(', ')}]`,
  )

describe('replay', () => {
  it('groups what changes, the stricter first, with the most frequent commands and who ran them', () => {
    const result = replay(rules('rm prompt', 'git prompt'), rules('rm forbidden', 'curl prompt'), [
      { command: 'rm a', principal: 'ada' },
      { command: 'rm a', principal: 'ben' },
      { command: 'rm b', principal: 'ada' },
      { command: 'git push' },
      { command: ['curl', 'x'], principal: 'ada' },
      { command: 'ls' },
    ])
    expect(result).toMatchObject({
      total: 6,
      changed: 5,
      before: { allow: 2, prompt: 4, forbidden: 0, unsure: 0 },
      after: { allow: 2, prompt: 1, forbidden: 3, unsure: 0 },
    })
    expect(
      result.changes.map(({ before, after, count, principals }) => [
        before,
        after,
        count,
        principals,
      ]),
    ).toEqual([
      ['allow', 'prompt', 1, 1],
      ['prompt', 'forbidden', 3, 2],
      ['prompt', 'allow', 1, 0],
    ])
    expect(
      result.changes[1]?.samples.map(({ command, count, principals }) => [
        command,
        count,
        principals,
      ]),
    ).toEqual([
      ['rm a', 2, ['ada', 'ben']],
      ['rm b', 1, ['ada']],
    ])
  })

  it('says the same as deciding each command by itself', () => {
    const command = fc.constantFrom(
      'rm a',
      'git',
      'ls',
      'rm > x',
      'a | b | c\nrm && d',
      'ls; git x',
    )
    fc.assert(
      fc.property(fc.array(command), (commands) => {
        const [before, after] = [rules('rm prompt'), rules('rm forbidden', 'git prompt')]
        const changed = commands.filter(
          (one) => decideCommand(before, one).decision !== decideCommand(after, one).decision,
        )
        const result = replay(
          before,
          after,
          commands.map((one) => ({ command: one })),
        )
        expect(result.changed).toBe(changed.length)
      }),
    )
  })
})

describe('readCommands', () => {
  it('reads one shell line each', () => {
    expect(readCommands('# made by hand\r\nls -l\r\n\r\ngit push, please\r\n')).toEqual({
      format: 'lines',
      commands: [{ command: 'ls -l' }, { command: 'git push, please' }],
      problems: [],
      skipped: 0,
      truncated: false,
    })
  })

  it('reads JSON lines, and says which it cannot', () => {
    const text = `{"command":"ls","principal":"ada","at":"2026-01-01T00:00:00Z"}
["git","push"]
"rm x"
{"cmd":"x"}
{"command":
{"command":"y","at":"soon"}
{"command":"z","at":5,"principal":null}`
    const file = readCommands(text)
    expect(file.commands).toEqual([
      { command: 'ls', principal: 'ada', at: Date.UTC(2026, 0, 1) },
      { command: ['git', 'push'] },
      { command: 'rm x' },
      { command: 'z', at: 5 },
    ])
    expect(file.problems.map(({ line }) => line)).toEqual([4, 5, 6])
    expect(file.skipped).toBe(3)
  })

  it('reads CSV with quotes, commas and new lines inside', () => {
    const text =
      'At,Command,Principal\r\n5,"echo ""a"", b\nc",ada\r\n6,,ben\r\n\r\n,ls,\r\nsoon,ls,\r\n'
    const file = readCommands(text)
    expect(file.format).toBe('csv')
    expect(file.commands).toEqual([
      { command: 'echo "a", b\nc', principal: 'ada', at: 5 },
      { command: 'ls' },
    ])
    expect(file.problems).toEqual([
      { line: 4, message: 'There is no command in this line.' },
      { line: 7, message: '"at" is not a time: soon.' },
    ])
  })

  it('never throws, and reads every command of a file it could have written', () => {
    fc.assert(fc.property(fc.string(), (text) => void readCommands(text)))
    const command = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '')
    fc.assert(
      fc.property(fc.array(command, { minLength: 1 }), (commands) => {
        const lines = commands.map((one) => JSON.stringify({ command: one })).join('\n')
        expect(readCommands(lines).commands).toEqual(commands.map((one) => ({ command: one })))
        const csv = `at,command\n${commands.map((one) => `,"${one.replaceAll('"', '""')}"`).join('\n')}`
        expect(readCommands(csv).commands).toEqual(commands.map((one) => ({ command: one })))
      }),
    )
  })

  it('stops at its limit', () => {
    const file = readCommands('ls\n'.repeat(200_001))
    expect([file.commands.length, file.truncated]).toEqual([200_000, true])
  })
})
