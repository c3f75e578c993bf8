import { describe, expect, it } from 'vitest'
import { commandRulesOf, decideCommand, splitShell } from '#requirements/index.ts'
import { chanceFrom } from './composition.pairs.ts'
import { PICKED, PICKED_POLICY } from './rules.picked.ts'
import { askClient, policyOf, ruleOf, scriptFrom } from './rules.ts'

// What Gatehouse decides about a command, asked of the client: a model asks for it, and the client runs or rejects it.

const STRICT = policyOf([
  ruleOf(['zzf'], 'forbidden', 'F'),
  ruleOf(['zzp', ['a', 'x']], 'prompt', 'P'),
  ruleOf(['zzu'], 'prompt-user', 'U'),
  ruleOf(['zzs', '-x', 'a'], 'forbidden', 'S'),
  ruleOf(['ZZC', ['A', '12']], 'forbidden', 'C', true),
  // What the client does not take apart is an argument of the shell.
  ruleOf(['bash'], 'prompt', 'W'),
])

const PROGRAMS = 'zza zzf zzp zzu zzs zzc zzb ./zzf /x/zzp zZc x/../zzs zza zzb zza'.split(' ')

describe('commands that a person or an agent would write', () => {
  it('are decided as it says here, by Gatehouse and by the client', async () => {
    const said = await askClient(
      PICKED_POLICY,
      PICKED.map(([command]) => command),
    )
    const rules = commandRulesOf(PICKED_POLICY)
    for (const [index, [command, expected]] of PICKED.entries()) {
      expect([command, said[index]?.decision]).toEqual([command, expected])
      expect([command, decideCommand(rules, command).decision]).toEqual([command, expected])
    }
  })
})

describe('generated commands', () => {
  it('are decided as the client decides them', async () => {
    const chance = chanceFrom(169)
    const scripts = Array.from({ length: 900 }, () =>
      scriptFrom(chance, () => PROGRAMS[Math.floor(chance() * PROGRAMS.length)] ?? ''),
    )
    const said = await askClient(STRICT, scripts)
    const rules = commandRulesOf(STRICT)
    const differences: unknown[] = []
    let unsure = 0
    for (const [index, script] of scripts.entries()) {
      const ours = decideCommand(rules, script)
      const theirs = said[index]
      if (ours.decision === 'unsure') unsure += 1
      else if (ours.decision !== theirs?.decision || !explains(ours.matches, theirs.reason))
        differences.push({ script, theirs, ours })
    }
    expect(differences).toEqual([])
    expect(said.filter(({ decision }) => decision !== 'prompt').length).toBeGreaterThan(300)
    // These scripts are odd on purpose.
    expect(unsure).toBeLessThan(scripts.length / 20)
  })

  it('are taken apart into the same arguments', async () => {
    const chance = chanceFrom(170)
    const scripts = Array.from({ length: 300 }, (_, index) =>
      scriptFrom(chance, (n) => `zz${index}-${n}`),
    )
    // A rule for each command in full: it matches only when the client sees exactly these arguments or more behind them.
    for (const part of [0, 1, 2]) {
      const rules = scripts.flatMap((script, index) => {
        const { script: read } = splitShell(script)
        const words =
          read?.kind === 'plain' && read.doubtFrom === undefined ? read.commands[part] : undefined
        return words?.[0]?.startsWith(`zz${index}-`) === true &&
          words.every((word) => word.trim() !== '')
          ? [{ script, rule: ruleOf(words, 'forbidden', `R${index}`), reason: `R${index}` }]
          : []
      })
      expect(rules.length).toBeGreaterThan(40)
      const said = await askClient(
        policyOf(rules.map(({ rule }) => rule)),
        rules.map(({ script }) => script),
      )
      expect(rules.filter(({ reason }, index) => said[index]?.reason !== reason)).toEqual([])
    }
  })
})

/** Of several rules that match equally strictly the client names one. */
const explains = (
  matches: readonly { readonly rule: { readonly justification: string | undefined } }[],
  reason: string | undefined,
): boolean => reason === undefined || matches.some(({ rule }) => rule.justification === reason)
