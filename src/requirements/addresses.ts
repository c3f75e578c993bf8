import type { Edit } from './complaint.ts'
import { commandRulesOf, type CommandRule } from './decide/rules.ts'
import { readToml } from './positions.ts'
import { entryOf, itemsOf, nodeAt, textOf, type Node } from './tree.ts'

/**
 * Where a refused command leads: the address of a page on which more can be asked for, at the end of a rule's justification,
 * which is the only text of a policy that reaches the person. Everything else of the text stays as it is written.
 */
export interface Addressed {
  readonly text: string
  /** How many rules got an address, or another one than they had. */
  readonly changed: number
}

const lead = 'Ask for access: '
/** An address of ours at the end of a justification, of whichever site. */
const ours = /Ask for access: \S+\/requests\/new\?\S+\s*$/

/**
 * Tells a rule by what it matches, so that an address goes on meaning the same rule when others are put before it: 32 bits of
 * FNV-1a over its pattern, in hex. Nothing is secured by it.
 */
export function ruleKey({
  pattern,
  canonical,
}: Pick<CommandRule, 'pattern' | 'canonical'>): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(JSON.stringify([pattern, canonical]))) {
    hash ^= byte
    hash = Math.imul(hash, 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}

export interface Place {
  /** Where people open Gatehouse, without a trailing slash. */
  readonly site: string
  readonly policyId: string
}

/**
 * The text with an address at the end of every justification, and in place of one for rules that forbid without a word. An
 * address of ours that is there already is replaced, never doubled. A text that cannot be read, and rules that the client
 * refuses, stay as they are.
 */
export function withAddresses(text: string, { site, policyId }: Place): Addressed {
  if (!text.includes('prefix_rules')) return { text, changed: 0 }
  const read = readToml(text)
  if ('unreadable' in read) return { text, changed: 0 }
  const items = itemsOf(nodeAt(read.root, 'rules', 'prefix_rules'))
  const edits = commandRulesOf(text).rules.flatMap((rule) => {
    const item = items[rule.index]
    const said = `${lead}${site}/requests/new?policy=${policyId}&rule=${ruleKey(rule)}`
    const edit = item && editOf(text, item, rule, said)
    return edit ? [edit] : []
  })
  return { text: applied(text, edits), changed: edits.length }
}

function editOf(text: string, item: Node, rule: CommandRule, said: string): Edit | undefined {
  const value = entryOf(item, 'justification')?.value
  if (value === undefined)
    return rule.decision === 'forbidden' ? insertion(text, item, said) : undefined
  const old = textOf(value)
  if (old === undefined || old.trim() === '') return undefined
  const [from, to] = inside(text, value)
  const there = ours.exec(text.slice(from, to))
  if (there) {
    if (there[0].trimEnd() === said) return undefined
    return { from: from + there.index, to, insert: said }
  }
  return { from: to, to, insert: /\s$/.test(old) ? said : ` ${said}` }
}

/** Where the text of a string begins and ends, without its quotes. What is added needs no escape in any kind of string. */
function inside(text: string, { span }: Node): readonly [from: number, to: number] {
  const quotes = /^("""|'''|"|')/.exec(text.slice(span.from, span.from + 3))?.[0].length ?? 1
  return [span.from + quotes, span.to - quotes]
}

/** Before the decision, so that a comment at the end of its line stays there. */
function insertion(text: string, item: Node, said: string): Edit | undefined {
  const decision = entryOf(item, 'decision')
  if (decision === undefined) return undefined
  const { from } = decision.keySpan
  const inline = text[item.span.from] === '{'
  const lineStart = text.lastIndexOf('\n', from - 1) + 1
  const before = text.slice(lineStart, from)
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const between = inline ? ', ' : newline + (/^[ \t]*$/.test(before) ? before : '')
  return { from, to: from, insert: `justification = ${JSON.stringify(said)}${between}` }
}

function applied(text: string, edits: readonly Edit[]): string {
  let out = ''
  let at = 0
  for (const { from, to, insert } of edits.toSorted((a, b) => a.from - b.from)) {
    out += text.slice(at, from) + insert
    at = to
  }
  return out + text.slice(at)
}
