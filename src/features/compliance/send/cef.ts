import { isNoteworthy, nameOf, outcomeOf, partOf, type LogLine } from './log-line.ts'

/** A receiver may show it in a terminal. */
const visible = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ')

/** In the head a bar and a backslash are escaped, and there are no line breaks. */
const head = (text: string): string => visible(text.replaceAll(/[\\|]/g, '\\$&'))

/** In a value an equals sign and a backslash are escaped, and line breaks are written out. */
const value = (text: string): string =>
  visible(text.replaceAll(/[\\=]/g, '\\$&').replaceAll(/\r\n|\r|\n/g, '\\n'))

/** Characters of a value at most: receivers cut long messages, and then in the middle of a key. */
const maxValue = 1023

/** One event in ArcSight's Common Event Format, version 0. */
export function cefOf(line: LogLine, version: string): string {
  const { actor, target, ip, timestamp, received_at: received } = line
  const name = nameOf(line)
  const fields: readonly Field[] = [
    ['rt', String(Date.parse(timestamp ?? received) || Date.parse(received))],
    ['externalId', line.event_id],
    ['cat', line.event_type],
    ['suid', actor?.id],
    ['suser', actor?.label],
    ['src', ip],
    ['duid', target?.id],
    ['duser', target?.label],
    ['outcome', outcomeOf(line)],
    ...(line.event_type === 'CODEX_LOG' ? agentFields(line) : actFields(line)),
    ...labelled('cs4', 'commitment', line.commitment),
  ]
  const extension = fields
    .filter((field): field is readonly [string, string] => field[1] !== undefined)
    .map(([key, text]) => `${key}=${value(text.slice(0, maxValue).toWellFormed())}`)
    .join(' ')
  const severity = isNoteworthy(line) ? 6 : 3
  return `CEF:0|Gatehouse|Gatehouse|${head(version)}|${head(name)}|${head(name)}|${severity}|${extension}`
}

type Field = readonly [string, string | undefined]

/** A field of one's own says what it is beside it. */
const labelled = (key: string, label: string, text: string | undefined): readonly Field[] => [
  [`${key}Label`, text === undefined ? undefined : label],
  [key, text],
]

const actFields = (line: LogLine): readonly Field[] => [
  ...labelled('cs1', 'targetType', line.target?.type),
  ...labelled('cs2', 'after', jsonOf(line['after'])),
  ...labelled('cs3', 'before', jsonOf(line['before'])),
]

const jsonOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value)

/** What an agent reported: on which machine, in which conversation, with which tool, and what was decided. */
const agentFields = (line: LogLine): readonly Field[] => [
  ['shost', partOf(line, 'client', 'host')],
  ['requestClientApplication', partOf(line, 'client', 'originator')],
  ['act', partOf(line, 'decision')],
  ['reason', partOf(line, 'decided_by')],
  ['sproc', partOf(line, 'program')],
  ...labelled('cs1', 'conversation', partOf(line, 'conversation_id')),
  ...labelled('cs2', 'tool', partOf(line, 'tool')),
  ...labelled('cs3', 'rule', partOf(line, 'rule')),
  ...labelled('cs5', 'ruleDecision', partOf(line, 'rule_decision')),
  ...labelled('cs6', 'model', partOf(line, 'model')),
  ...labelled('cn1', 'inputTokens', partOf(line, 'tokens', 'input')),
  ...labelled('cn2', 'outputTokens', partOf(line, 'tokens', 'output')),
  ...labelled('cn3', 'durationMs', partOf(line, 'duration_ms')),
]
