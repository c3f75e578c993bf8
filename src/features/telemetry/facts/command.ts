import type { Command, CommandRules, Decision } from '#requirements/index.ts'
import { decideCommand } from '#requirements/index.ts'
import type { RuleDecision } from '../tables.ts'
import { cut } from './attributes.ts'

/** What is kept of a command whatever the content policy is. */
export interface Judged {
  /** The last part of its first word; of several, of the one that a rule matches, else of the first that does something. */
  readonly program: string
  readonly ruleDecision: RuleDecision
  /** The pattern of the strictest rule that matches, as a person reads it: `git {push,fetch}`; '' without one. */
  readonly rule: string
}

const programLimit = 64
const ruleLimit = 200
/** A longer command is judged by its beginning: nobody writes such a one, and taking it apart would hold up the others. */
const commandLimit = 32 * 1024

/** The shell tools of the client 0.169, by where the arguments hold the command. */
const argumentsOf: Readonly<Record<string, string>> = {
  exec_command: 'cmd',
  shell_command: 'command',
  shell: 'command',
  local_shell: 'command',
  'container.exec': 'command',
}

/** The command that a tool call runs; undefined where it runs none. `args` is the JSON that the client reports. */
export function commandOf(tool: string, args: string): Command | undefined {
  const field = argumentsOf[tool]
  if (field === undefined || args === '') return undefined
  let read: unknown
  try {
    read = JSON.parse(args)
  } catch {
    // The client cuts long arguments: a text that ends in the middle is still a command.
    return cutShort(field, args)
  }
  const command = (read as Readonly<Record<string, unknown>> | null)?.[field]
  if (typeof command === 'string') return cut(command, commandLimit)
  return Array.isArray(command) && command.length > 0 && command.every(isText)
    ? firstWords(command)
    : undefined
}

/** Of a list as much as of a line. */
function firstWords(words: readonly string[]): readonly string[] {
  const kept: string[] = []
  let room = commandLimit
  for (const word of words) {
    kept.push(cut(word, room))
    // What stands between them.
    room -= word.length + 1
    if (room <= 0) break
  }
  return kept
}

const isText = (value: unknown): value is string => typeof value === 'string'

function cutShort(field: string, args: string): string | undefined {
  const found = new RegExp(`"${field}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)`).exec(args)?.[1]
  if (found === undefined) return undefined
  try {
    return cut(JSON.parse(`"${found}"`) as string, commandLimit)
  } catch {
    return undefined
  }
}

/** As text, to be kept or shown. */
export const commandText = (command: Command): string =>
  typeof command === 'string' ? command : JSON.stringify(command)

/** Agents run the same short commands again and again; judging takes a script apart. */
const remembered = 2000
const rememberedLength = 1024

const memories = new WeakMap<CommandRules, Map<string, Judged>>()

/** What the rules say about a command. Pure, and remembered for each set of rules. */
export function judgeCommand(rules: CommandRules, command: Command): Judged {
  let memory = memories.get(rules)
  if (!memory) memories.set(rules, (memory = new Map<string, Judged>()))
  const key = commandText(command)
  let judged = memory.get(key)
  if (!judged) {
    judged = judge(decideCommand(rules, command))
    if (key.length > rememberedLength) return judged
    if (memory.size >= remembered) memory.clear()
    memory.set(key, judged)
  }
  return judged
}

function judge(decision: Decision): Judged {
  const [strictest] = decision.matches
  const pattern = strictest?.rule.pattern.map((words) =>
    words.length === 1 ? (words[0] ?? '') : `{${words.join(',')}}`,
  )
  return {
    program: programOf(decision),
    ruleDecision: decision.decision,
    rule: cut(pattern?.join(' ') ?? '', ruleLimit),
  }
}

function programOf({ parts, matches }: Decision): string {
  const [strictest] = matches
  const doing = parts.find(([word]) => word !== 'cd') ?? parts[0] ?? []
  const [first = '', , script] = (strictest && parts[strictest.part]) ?? doing
  const name = lastPart(first)
  // A script that was not taken apart begins with assignments, then a word.
  if (script !== undefined && /^(?:ba|z|da)?sh$/.test(name))
    return lastPart(/^\s*(?:\w+=\S*\s+)*([\w./+-]+)/.exec(script)?.[1] ?? name)
  return name
}

/** What is made for one run has a name of its own each time: `/tmp/tmp.aB12.sh`, `job-20261124.py`. */
const passing = /^[/\\](?:private[/\\])?(?:tmp|var[/\\](?:tmp|folders))[/\\]|\d{4}|^tmp[._]/

/** `/usr/bin/git` and `C:\git.exe` are `git` and `git.exe`; what is no name of a program is not kept: it may be anything. */
function lastPart(word: string): string {
  const name = word.split(/[/\\]/).findLast((part) => part !== '') ?? ''
  if (!/^[\w.+@-]+$/.test(name) || name.length > programLimit) return '(other)'
  return passing.test(word) ? '(script)' : name
}
