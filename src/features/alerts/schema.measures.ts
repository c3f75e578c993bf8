/** What an alert can be about: figures of the questions of analytics, and what each of them can be held to. */
export const subjects = [
  'workspace',
  'group',
  'member',
  'surface',
  'model',
  'client',
  'version',
  'policy',
] as const
export type Subject = (typeof subjects)[number]

export const measureKinds = ['count', 'tokens', 'cost', 'percent', 'ms'] as const

export interface Measure {
  readonly title: string
  readonly kind: (typeof measureKinds)[number]
  /** Days of it add up, so that a week or a month fills up while it runs. */
  readonly adds: boolean
  readonly question: string
  /** Of the answer; more than one is their sum. */
  readonly columns: readonly string[]
  readonly of: readonly Subject[]
  /** The column of the question about people that says the same of one of them. */
  readonly ofMember?: string
}

const everywhere = ['workspace', 'group', 'surface', 'model', 'client'] as const
const persons = [...everywhere, 'member'] as const

const sum = (title: string, question: string, column: string, ofMember?: string): Measure => ({
  title,
  kind: 'count',
  adds: true,
  question,
  columns: [column],
  of: ofMember === undefined ? everywhere : persons,
  ...(ofMember === undefined ? {} : { ofMember }),
})
const firstToken = (title: string, column: string): Measure => ({
  title,
  kind: 'ms',
  adds: false,
  question: 'first-token',
  columns: [column],
  of: everywhere,
})

const table = {
  tokens: {
    ...sum('Tokens', 'tokens', 'input', 'tokens'),
    kind: 'tokens',
    columns: ['input', 'output'],
  },
  cost: { ...sum('Estimated cost', 'tokens', 'cost', 'cost'), kind: 'cost' },
  conversations: sum('Conversations', 'activity', 'conversations', 'conversations'),
  turns: sum('Turns', 'activity', 'turns', 'turns'),
  calls: sum('Tool calls', 'activity', 'calls', 'calls'),
  denied: sum('Denied tool calls', 'activity', 'denied', 'denied'),
  failed: sum('Failed tool calls', 'activity', 'failed'),
  approved_by_user: sum('Calls approved by a person', 'commands', 'approved_by_user'),
  refused_by_user: sum('Calls refused by a person', 'commands', 'refused_by_user'),
  refused_by_config: sum('Calls refused by the policy', 'commands', 'refused_by_config'),
  denied_by_rule: {
    ...sum('Commands denied by a rule', 'denied-rules', 'denied'),
    of: ['workspace'],
  },
  failures: sum('Failures', 'failures', 'failures'),
  people: { ...sum('Active people', 'active-members', 'people'), adds: false },
  version_people: {
    ...sum('People on a client version', 'versions', 'people'),
    adds: false,
    of: ['version'],
  },
  coverage: {
    ...sum('Share of people under a policy version', 'coverage', 'share'),
    kind: 'percent',
    adds: false,
    of: ['policy'],
  },
  first_token_p50: firstToken('Time to first token, median', 'p50'),
  first_token_p95: firstToken('Time to first token, 95 of 100', 'p95'),
  first_token_p99: firstToken('Time to first token, 99 of 100', 'p99'),
} as const satisfies Readonly<Record<string, Measure>>

export type MeasureKey = keyof typeof table
export const measures: Readonly<Record<MeasureKey, Measure>> = table
export const measureKeys = Object.keys(table) as readonly MeasureKey[]
