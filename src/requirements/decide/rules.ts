import { readToml, rulerOf } from '../positions.ts'
import { entryOf, itemsOf, nodeAt, textOf, isTrue, type Node } from '../tree.ts'

/** One entry of `rules.prefix_rules`, ready to be compared. */
export interface CommandRule {
  /** Place in the list of the policy, from 0. */
  readonly index: number
  /** Where it stands in the text, from 1. */
  readonly line: number
  readonly column: number
  /** Its offset in the text. */
  readonly from: number
  /** The arguments that each position may have. */
  readonly pattern: readonly (readonly string[])[]
  readonly decision: RuleDecision
  readonly justification: string | undefined
  /** `canonical_matching`: capitals and small letters are the same. */
  readonly canonical: boolean
}

/** `prompt-user` asks the person even where an automatic reviewer answers other questions. */
export type RuleDecision = 'prompt' | 'prompt-user' | 'forbidden'

/** The command rules of one policy, indexed by the program they begin with. */
export interface CommandRules {
  readonly rules: readonly CommandRule[]
  readonly byProgram: ReadonlyMap<string, readonly CommandRule[]>
  /** Those that do not tell capitals from small letters, by `fold` of the program. */
  readonly byFolded: ReadonlyMap<string, readonly CommandRule[]>
  /** All rules by the same, to see quickly that a script names none of their programs. */
  readonly programs: ReadonlySet<string>
}

/** As the client compares with `canonical_matching`: `straße`, `STRASSE` and `Strasse` are one (measured on 0.169). */
export const fold = (text: string): string => text.toLowerCase().toUpperCase()

/**
 * The rules of a policy's text. A text that is no TOML has none, and so have entries that the check complains about:
 * what the client refuses decides nothing.
 */
export function commandRulesOf(text: string): CommandRules {
  const read = readToml(text)
  if ('unreadable' in read) return indexed([])
  const ruler = rulerOf(text)
  const rules: CommandRule[] = []
  for (const [index, item] of itemsOf(nodeAt(read.root, 'rules', 'prefix_rules')).entries()) {
    const rule = ruleOf(item)
    if (rule !== undefined)
      rules.push({ index, from: item.span.from, ...ruler.place(item.span.from), ...rule })
  }
  return indexed(rules)
}

function ruleOf(item: Node): Omit<CommandRule, 'index' | 'line' | 'column' | 'from'> | undefined {
  const decision = textOf(entryOf(item, 'decision')?.value)
  const pattern = itemsOf(entryOf(item, 'pattern')?.value).map(alternativesOf)
  if (decision !== 'prompt' && decision !== 'prompt-user' && decision !== 'forbidden')
    return undefined
  if (pattern.length === 0 || pattern.some((alternatives) => alternatives.length === 0))
    return undefined
  return {
    pattern,
    decision,
    justification: textOf(entryOf(item, 'justification')?.value),
    canonical: isTrue(entryOf(item, 'canonical_matching')?.value),
  }
}

function alternativesOf(token: Node): readonly string[] {
  const one = textOf(entryOf(token, 'token')?.value)
  if (one !== undefined) return [one]
  return itemsOf(entryOf(token, 'any_of')?.value).flatMap((item) => textOf(item) ?? [])
}

function indexed(rules: readonly CommandRule[]): CommandRules {
  const byProgram = new Map<string, CommandRule[]>()
  const byFolded = new Map<string, CommandRule[]>()
  const programs = new Set<string>()
  for (const rule of rules)
    for (const program of new Set(rule.pattern[0])) {
      const [map, key] = rule.canonical ? [byFolded, fold(program)] : [byProgram, program]
      map.set(key, [...(map.get(key) ?? []), rule])
      programs.add(fold(program))
    }
  return { rules, byProgram, byFolded, programs }
}
