import { readScript, type Script } from './plain.ts'
import { fold, type CommandRule, type CommandRules } from './rules.ts'

/** `allow`: no rule of the policy restricts it. `unsure`: the client's answer was not established. */
export type Verdict = 'allow' | 'prompt' | 'forbidden' | 'unsure'

/** A rule that a part of the command matches. */
export interface RuleMatch {
  readonly rule: CommandRule
  /** Index into `parts`. */
  readonly part: number
  /** The rule names the program without its folder, and no rule names it as it was written. */
  readonly byName: boolean
}

/** What the client does with a command because of the policy's rules. Approval policy and sandbox come on top. */
export interface Decision {
  readonly decision: Verdict
  /** A `prompt` that only the person may answer. */
  readonly asksPerson: boolean
  /** The argument vectors that were judged. */
  readonly parts: readonly (readonly string[])[]
  /** Strictest first; of equals, in the order of the parts. */
  readonly matches: readonly RuleMatch[]
  /** Why a shell's script was judged as one argument and not taken apart. */
  readonly whole?: string
  /** Why the decision is, or might have been, unsure. */
  readonly unsure?: string
}

/** What the agent runs: a line for the shell, or an argument vector. */
export type Command = string | readonly string[]

/** Splitting costs more than judging, so that replays split once and judge under both policies. */
export interface SplitCommand {
  readonly argv: readonly string[]
  readonly script: Script | undefined
}

/** The client runs a line with the shell of the person; rules that name another shell are then not met. */
const SHELL = '/bin/bash'

/** Measured: `-lc` and, with `login = false`, `-c`. */
const SHELL_FLAGS: ReadonlySet<string> = new Set(['-lc', '-c'])
const SHELLS =
  /^(?:(?:\/usr|\/usr\/local|\/opt\/homebrew)?\/bin\/)?(?:bash|zsh)$|^(?:(?:\/usr)?\/bin\/)?sh$/

/** How the client sees a command before it looks at any rule. */
export function splitShell(command: Command): SplitCommand {
  if (typeof command === 'string')
    return { argv: [SHELL, '-lc', command], script: readScript(command) }
  const [shell = '', flag = '', script] = command
  if (command.length !== 3 || script === undefined) return { argv: command, script: undefined }
  if (SHELL_FLAGS.has(flag) && SHELLS.test(shell))
    return { argv: command, script: readScript(script) }
  const other = /(?:^|[\\/])(?:bash|zsh|sh|pwsh|powershell)(?:\.exe)?$/i.test(shell)
  return {
    argv: command,
    script: other ? { kind: 'unsure', why: `a script for ${shell}` } : undefined,
  }
}

/** Decides one command, as the client 0.169 does on Linux and macOS. Pure; never throws. */
export function decideCommand(rules: CommandRules, command: Command): Decision {
  return judge(rules, splitShell(command))
}

/** `decideCommand` for a command that was split before. */
export function judge(rules: CommandRules, { argv, script }: SplitCommand): Decision {
  switch (script?.kind) {
    case undefined:
      return strictest(rules, [argv])
    case 'whole':
      return { ...strictest(rules, [argv]), whole: script.why }
    case 'unsure':
      return either(rules, argv, script.why)
    case 'plain':
      return plain(rules, script.commands, script.doubtFrom)
  }
}

/** A script that the client takes apart or does not: what both readings agree on is sure. */
function either(rules: CommandRules, argv: readonly string[], why: string): Decision {
  const whole = strictest(rules, [argv])
  if (whole.decision === 'forbidden') return { ...whole, decision: 'unsure', unsure: why }
  const text = fold((argv.at(-1) ?? '').replaceAll(/["'\\\n]/g, ''))
  const named = [...rules.programs].some((program) => text.includes(program))
  if (!named && whole.decision === 'allow') return whole
  return { ...whole, decision: 'unsure', unsure: why }
}

function plain(
  rules: CommandRules,
  commands: readonly (readonly string[])[],
  doubtFrom: number | undefined,
): Decision {
  const all = strictest(rules, commands)
  if (doubtFrom === undefined) return all
  const sure = strictest(rules, commands.slice(0, doubtFrom))
  const rest = commands.slice(doubtFrom)
  const same = sure.decision === all.decision && sure.asksPerson === all.asksPerson
  if (same && !rest.some((words) => couldGoOn(rules, words))) return all
  if (sure.decision === 'forbidden') return all
  return {
    ...all,
    decision: 'unsure',
    unsure: 'the lines after three commands joined by |, which Codex 0.169 may take for arguments',
  }
}

/** Whether a rule would match if more words followed. */
function couldGoOn(rules: CommandRules, words: readonly string[]): boolean {
  return rules.rules.some(
    (rule) =>
      rule.pattern.length > words.length &&
      words.slice(1).every((word, at) => fits(rule, at + 1, word)) &&
      [words[0], nameOf(words[0] ?? '')].some((name) => name !== undefined && fits(rule, 0, name)),
  )
}

const WEIGHT = { prompt: 1, 'prompt-user': 2, forbidden: 3 }

function strictest(rules: CommandRules, parts: readonly (readonly string[])[]): Decision {
  const matches = parts.flatMap((argv, part) => matchesOf(rules, argv, part))
  matches.sort((a, b) => WEIGHT[b.rule.decision] - WEIGHT[a.rule.decision] || a.part - b.part)
  const first = matches[0]?.rule.decision
  return {
    decision: first === undefined ? 'allow' : first === 'forbidden' ? 'forbidden' : 'prompt',
    asksPerson: first === 'prompt-user',
    parts,
    matches,
  }
}

function matchesOf(rules: CommandRules, argv: readonly string[], part: number): RuleMatch[] {
  const [program] = argv
  if (program === undefined) return []
  const exact = under(rules, program, argv)
  if (exact.length > 0) return exact.map((rule) => ({ rule, part, byName: false }))
  const name = nameOf(program)
  if (name === undefined) return []
  return under(rules, name, argv).map((rule) => ({ rule, part, byName: true }))
}

function under(rules: CommandRules, program: string, argv: readonly string[]): CommandRule[] {
  const candidates = [
    ...(rules.byProgram.get(program) ?? []),
    ...(rules.byFolded.size === 0 ? [] : (rules.byFolded.get(fold(program)) ?? [])),
  ]
  return candidates.filter(
    (rule) =>
      rule.pattern.length <= argv.length &&
      rule.pattern.every((_, at) => at === 0 || fits(rule, at, argv[at] ?? '')),
  )
}

function fits(rule: CommandRule, at: number, word: string): boolean {
  const alternatives = rule.pattern[at] ?? []
  if (!rule.canonical) return alternatives.includes(word)
  const folded = fold(word)
  return alternatives.some((alternative) => fold(alternative) === folded)
}

/** The program without its folder: `/bin/rm`, `./rm` and `x/../rm/` are `rm` (measured). Undefined where there is no folder. */
function nameOf(program: string): string | undefined {
  if (!program.includes('/')) return undefined
  const segments: string[] = []
  for (const segment of program.split('/'))
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  return segments.at(-1)
}
