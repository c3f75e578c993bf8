/** A line of a file as far as other formats need it; everything else stays as it is. */
export interface LogLine {
  readonly event_id: string
  readonly event_type: string
  readonly received_at: string
  readonly workspace_id: string
  readonly commitment?: string
  readonly timestamp?: string
  readonly action?: string
  readonly actor?: Who
  readonly target?: Who
  readonly ip?: string
  readonly request_id?: string
  readonly erased?: boolean
  readonly [name: string]: unknown
}

interface Who {
  readonly type?: string
  readonly id?: string
  readonly label?: string
}

export const readLines = (text: string): readonly LogLine[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogLine)

/** What happened, in a word: the act, or what the agent reported. */
export const nameOf = (line: LogLine): string =>
  line.action ?? (typeof line['name'] === 'string' ? line['name'] : line.event_type.toLowerCase())

/** Acts that were refused, and copies that were found out: what a SIEM looks at first. */
const refused: ReadonlySet<string> = new Set([
  'access.deny',
  'access.deny-strangers',
  'authorization.deny',
  'client.refuse',
  'client.reused-code',
  'client.reused-token',
  'device.deny',
  'passkey.clone',
  'sso.refuse',
])

/** How it went: an act that was done, one that was refused, an agent's command that was denied or failed. */
export function outcomeOf(line: LogLine): 'success' | 'failure' {
  if (line.action !== undefined) return refused.has(line.action) ? 'failure' : 'success'
  return line['outcome'] === 'failed' || isDenied(line) ? 'failure' : 'success'
}

export const isDenied = (line: LogLine): boolean =>
  line['outcome'] === 'denied' || line['decision'] === 'denied' || line['decision'] === 'abort'

/** Whether somebody should look at it: a refusal of a person or of an agent's command. */
export const isNoteworthy = (line: LogLine): boolean =>
  line.action === undefined ? isDenied(line) : refused.has(line.action)

/** A text or a number of what an agent reported, by its path. */
export function partOf(line: LogLine, ...path: readonly string[]): string | undefined {
  let value: unknown = line
  for (const name of path) value = (value as Readonly<Record<string, unknown>> | undefined)?.[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
