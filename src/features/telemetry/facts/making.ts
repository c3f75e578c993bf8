import { commandRulesOf, type CommandRules } from '#requirements/index.ts'
import type { TakeContext } from '../take.ts'
import { redactor } from './content.ts'
import type { Making } from './fact.ts'

/** Rules of the policies that are in use; a text is some kilobytes, and reading one takes a millisecond. */
const remembered = 200
const rulesOf = new Map<string, CommandRules>()

function rulesFrom(text: string): CommandRules {
  let rules = rulesOf.get(text)
  if (!rules) {
    rules = commandRulesOf(text)
    if (rulesOf.size >= remembered) rulesOf.clear()
    rulesOf.set(text, rules)
  }
  return rules
}

export const makingOf = (context: TakeContext): Making => ({
  context,
  content: context.content,
  rules: rulesFrom(context.policyText ?? ''),
  redact: redactor(context.content),
})
