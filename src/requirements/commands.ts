import type { Span } from './complaint.ts'
import { REFUSES, type Report } from './report.ts'
import {
  entryOf,
  isBlank,
  itemsOf,
  nodeAt,
  textOf,
  type Node,
  type Path,
  type TableNode,
} from './tree.ts'

/** Command rules: every case in which the client 0.169 rejects them. */
export function checkCommandRules(root: TableNode, report: Report): void {
  const node = nodeAt(root, 'rules', 'prefix_rules')
  if (node?.kind !== 'list') return
  const refuse = refuser(report)
  const path: Path = ['rules', 'prefix_rules']
  if (node.items.length === 0)
    refuse(
      'rules_empty',
      node.span,
      path,
      'The list of rules is empty.',
      'Add a rule, or take [rules] out.',
    )
  for (const [index, rule] of node.items.entries())
    if (rule.kind === 'table') checkRule(rule, [...path, index], refuse)
}

type Refuse = (
  code:
    | 'rules_empty'
    | 'rule_pattern_empty'
    | 'rule_token'
    | 'rule_justification_blank'
    | 'rule_decision_missing'
    | 'rule_decision_allow',
  span: Span,
  path: Path,
  message: string,
  remedy: string,
) => void

function refuser(report: Report): Refuse {
  return (code, span, path, message, remedy) =>
    report.error({ code, span, path, message, effect: REFUSES, remedy })
}

function checkRule(rule: TableNode, path: Path, refuse: Refuse): void {
  const pattern = entryOf(rule, 'pattern')?.value
  if (pattern?.kind === 'list') {
    if (pattern.items.length === 0)
      refuse(
        'rule_pattern_empty',
        pattern.span,
        [...path, 'pattern'],
        'The pattern is empty.',
        'Name at least the program: { token = "git" }.',
      )
    for (const [index, token] of pattern.items.entries())
      if (token.kind === 'table') checkToken(token, [...path, 'pattern', index], refuse)
  }
  const justification = entryOf(rule, 'justification')
  if (justification !== undefined && isBlankText(justification.value))
    refuse(
      'rule_justification_blank',
      justification.value.span,
      [...path, 'justification'],
      'The justification is blank.',
      'Say why, or take the key out.',
    )
  const decision = entryOf(rule, 'decision')
  if (decision === undefined)
    refuse(
      'rule_decision_missing',
      rule.span,
      path,
      'The rule has no decision.',
      'Add decision = "prompt", "prompt-user" or "forbidden".',
    )
  else if (textOf(decision.value) === 'allow')
    refuse(
      'rule_decision_allow',
      decision.value.span,
      [...path, 'decision'],
      'A policy cannot allow commands, only ask about or forbid them.',
      'Take the rule out, or write "prompt" or "forbidden".',
    )
}

// `token` and `any_of` exclude each other; blank words can never be an argument.
function checkToken(token: TableNode, path: Path, refuse: Refuse): void {
  const one = entryOf(token, 'token')
  const many = entryOf(token, 'any_of')
  const bad = (span: Span, message: string, remedy: string): void =>
    refuse('rule_token', span, path, message, remedy)
  if (one !== undefined && many !== undefined)
    bad(many.keySpan, 'token and any_of exclude each other.', 'Keep one of them.')
  else if (one === undefined && many === undefined)
    bad(
      token.span,
      'This part of the pattern is empty.',
      'Write { token = "…" } or { any_of = ["…"] }.',
    )
  else if (one !== undefined) {
    if (isBlankText(one.value)) bad(one.value.span, 'The token is blank.', 'Write the argument.')
  } else if (many !== undefined) checkAnyOf(many.value, bad)
}

function checkAnyOf(node: Node, bad: (span: Span, message: string, remedy: string) => void): void {
  if (node.kind === 'list' && node.items.length === 0)
    bad(node.span, 'any_of is empty.', 'Write at least one argument.')
  const blank = itemsOf(node).find(isBlankText)
  if (blank !== undefined)
    bad(blank.span, 'any_of contains a blank argument.', 'Write the argument, or take it out.')
}

function isBlankText(node: Node): boolean {
  const text = textOf(node)
  return text !== undefined && isBlank(text)
}
