import {
  commandRulesOf,
  readCommands,
  replay,
  type Command,
  type Decision,
  type RecordedCommand,
} from '#requirements/index.ts'
import { found } from '#kernel/problem.ts'
import type { Change } from '../changeset.ts'
import { changeId, starts } from './effects.ts'
import type { Replayed, Verdict } from './schema.ts'

/** What a thread is given. Pairs go by their place in the list. */
export interface ReplayTask {
  readonly pairs: readonly { readonly before: string; readonly after: string }[]
  /** A file, or what was recorded. */
  readonly source: string | readonly RecordedCommand[]
  /** Who (in small letters) → pair; a command of anybody else is left out. Undefined: whoever ran it, the first pair. */
  readonly pairOf: ReadonlyMap<string, number> | undefined
}

/**
 * The pairs of policies to decide under, the largest first, and who is in which. With an id: that pair for everybody. Only
 * pairs between which a client starts: what is refused or gone runs nothing.
 */
export function replayedPairs(
  changes: readonly Change[],
  id: string | undefined,
): Pick<ReplayTask, 'pairs' | 'pairOf'> {
  const running = changes.filter(({ before, after }) => starts(before) && starts(after))
  const text = ({ policy }: Change['before']): string => policy?.text ?? ''
  const sides = ({ before, after }: Change) => ({ before: text(before), after: text(after) })
  if (id !== undefined) {
    const chosen = found(
      running.find((change) => changeId(change) === id),
      'pair',
    )
    return { pairs: [sides(chosen)], pairOf: undefined }
  }
  const pairOf = new Map<string, number>()
  for (const [i, { members, enrolments, accounts }] of running.entries()) {
    for (const one of members) pairOf.set(one.email.toLowerCase(), i).set(one.id, i)
    for (const one of [...enrolments, ...accounts])
      pairOf.set(one.label.toLowerCase(), i).set(one.id, i)
  }
  return { pairs: running.map(sides), pairOf }
}

/** Different commands of one kind of change that are told one by one. */
const told = 500
const toldInAll = 1000

/** Decides commands by the rules before and after, each by those of who ran it. A thread runs it. */
export function replayTask({ pairs, source, pairOf }: ReplayTask): Replayed {
  const file =
    typeof source === 'string'
      ? readCommands(source)
      : { commands: source, problems: [], skipped: 0, truncated: false }
  const parts: RecordedCommand[][] = pairs.map(() => [])
  let skipped = 0
  for (const command of file.commands) {
    const { principal } = command
    const at = !pairOf || principal === undefined ? 0 : pairOf.get(principal.trim().toLowerCase())
    const part = at === undefined ? undefined : parts[at]
    if (part) part.push(command)
    else skipped += 1
  }
  const answers = pairs.flatMap(({ before, after }, i) => {
    const part = parts[i] ?? []
    return part.length === 0
      ? []
      : [replay(commandRulesOf(before), commandRulesOf(after), part, told)]
  })
  const changes = answers.flatMap((answer) => answer.changes)
  return {
    commands: file.commands.length - skipped,
    skipped,
    truncated: file.truncated,
    errors: [...file.problems],
    wrongLines: file.skipped,
    before: sum(answers.map(({ before }) => before)),
    after: sum(answers.map(({ after }) => after)),
    changes: byTurn(changes),
    rows: rowsOf(changes.flatMap(({ samples }) => samples)).slice(0, toldInAll),
  }
}

function sum(all: readonly Replayed['before'][]): Replayed['before'] {
  const total = { allow: 0, prompt: 0, forbidden: 0, unsure: 0 }
  for (const one of all) for (const verdict of verdicts) total[verdict] += one[verdict]
  return total
}
const verdicts = ['allow', 'prompt', 'forbidden', 'unsure'] as const

type Turn = Replayed['changes'][number]

function byTurn(changes: readonly Turn[]): Turn[] {
  const turns = new Map<string, Turn>()
  for (const { before, after, count } of changes) {
    const key = `${before} ${after}`
    turns.set(key, { before, after, count: (turns.get(key)?.count ?? 0) + count })
  }
  return [...turns.values()].sort((a, b) => b.count - a.count)
}

type Row = Replayed['rows'][number]

interface Sample {
  readonly command: Command
  readonly count: number
  readonly principals: readonly string[]
  readonly before: Decision
  readonly after: Decision
}

/** One line for each command and turn, whichever policies decide it. */
function rowsOf(samples: readonly Sample[]): Row[] {
  const rows = new Map<string, Row>()
  for (const { command, before, after, count, principals } of samples) {
    const text = written(command)
    const key = `${before.decision} ${after.decision} ${text}`
    const known = rows.get(key)
    rows.set(key, {
      command: text,
      before: before.decision,
      after: after.decision,
      count: (known?.count ?? 0) + count,
      who: [...new Set([...(known?.who ?? []), ...principals])].slice(0, named),
      becauseBefore: because(before),
      becauseAfter: because(after),
    })
  }
  return [...rows.values()].sort((a, b) => b.count - a.count)
}
const named = 5

/** Strictest first, so the first match decides. */
function because({ decision, matches: [first] }: Decision): Row['becauseAfter'] {
  if (decision === ('allow' satisfies Verdict) || !first) return null
  return { line: first.rule.line, justification: first.rule.justification ?? null }
}

const written = (command: Command): string =>
  typeof command === 'string'
    ? command
    : command
        .map((word) =>
          /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
        )
        .join(' ')
