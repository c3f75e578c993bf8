import { judge, splitShell, type Command, type Decision, type Verdict } from './command.ts'
import type { CommandRules } from './rules.ts'

/** A command that an agent ran or wanted to run. */
export interface RecordedCommand {
  readonly command: Command
  /** Who, as the record names them. */
  readonly principal?: string
  /** When, in milliseconds. */
  readonly at?: number
}

/** Commands whose decision changes in one way. */
export interface ReplayChange {
  readonly before: Verdict
  readonly after: Verdict
  readonly count: number
  /** How many principals are among them; commands without one are not counted. */
  readonly principals: number
  /** The most frequent first. */
  readonly samples: readonly ReplaySample[]
}

export interface ReplaySample {
  readonly command: Command
  readonly count: number
  /** A few of those who ran it. */
  readonly principals: readonly string[]
  readonly before: Decision
  readonly after: Decision
}

export interface Replay {
  readonly total: number
  readonly changed: number
  /** How many commands had each decision. */
  readonly before: Readonly<Record<Verdict, number>>
  readonly after: Readonly<Record<Verdict, number>>
  /** What becomes stricter first, and within that what touches most. */
  readonly changes: readonly ReplayChange[]
}

const WEIGHT: Readonly<Record<Verdict, number>> = { allow: 0, unsure: 1, prompt: 2, forbidden: 3 }

interface Tally {
  readonly command: Command
  readonly before: Verdict
  readonly after: Verdict
  /** Only of commands whose decision changes. */
  readonly principals: Set<string> | undefined
  count: number
}

const NAMED = 5

/**
 * Decides recorded commands under two sets of rules. The same command is decided once, however often it was recorded.
 * @param most how many different commands each change shows.
 */
export function replay(
  before: CommandRules,
  after: CommandRules,
  commands: readonly RecordedCommand[],
  most = 20,
): Replay {
  const tallies = new Map<string, Tally>()
  for (const { command, principal } of commands) {
    const key = typeof command === 'string' ? command : `\0${command.join('\0')}`
    let tally = tallies.get(key)
    if (tally === undefined) {
      const split = splitShell(command)
      const was = judge(before, split).decision
      const is = judge(after, split).decision
      const principals = was === is ? undefined : new Set<string>()
      tally = { command, before: was, after: is, principals, count: 0 }
      tallies.set(key, tally)
    }
    tally.count += 1
    if (principal !== undefined) tally.principals?.add(principal)
  }
  const inFull = ({ command, count, principals }: Tally): ReplaySample => {
    const split = splitShell(command)
    return {
      command,
      count,
      principals: [...(principals ?? [])].slice(0, NAMED),
      before: judge(before, split),
      after: judge(after, split),
    }
  }
  return summed([...tallies.values()], commands.length, (group) =>
    group
      .toSorted((a, b) => b.count - a.count)
      .slice(0, most)
      .map(inFull),
  )
}

function summed(
  tallies: readonly Tally[],
  total: number,
  samplesOf: (group: readonly Tally[]) => readonly ReplaySample[],
): Replay {
  const before = { allow: 0, prompt: 0, forbidden: 0, unsure: 0 }
  const after = { ...before }
  const groups = new Map<string, Tally[]>()
  for (const tally of tallies) {
    before[tally.before] += tally.count
    after[tally.after] += tally.count
    if (tally.before === tally.after) continue
    const key = `${tally.before} ${tally.after}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [tally])
    else group.push(tally)
  }
  const changes = [...groups.values()].flatMap((group) => {
    const [first] = group
    return first === undefined ? [] : [changeOf(first, group, samplesOf(group))]
  })
  changes.sort((a, b) => gain(b) - gain(a) || b.count - a.count)
  return {
    total,
    changed: changes.reduce((sum, change) => sum + change.count, 0),
    before,
    after,
    changes,
  }
}

const gain = ({ before, after }: ReplayChange): number => WEIGHT[after] - WEIGHT[before]

function changeOf(
  { before, after }: Tally,
  group: readonly Tally[],
  samples: readonly ReplaySample[],
): ReplayChange {
  const principals = new Set<string>()
  for (const tally of group) for (const who of tally.principals ?? []) principals.add(who)
  const count = group.reduce((sum, tally) => sum + tally.count, 0)
  return { before, after, count, principals: principals.size, samples }
}
