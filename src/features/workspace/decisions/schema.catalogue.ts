/**
 * What an organisation decides about the vendor's own cloud (Codex, as its admin pages were in 2026). None of it passes
 * through Gatehouse, so none of it can be enforced here: it is written down, with who answers for it and until when.
 */

/** One thing to fill in. `choice` takes one of its options, `lines` one entry a line, `days` a whole number of days. */
export type Field =
  | {
      readonly kind: 'choice'
      readonly key: string
      readonly label: string
      readonly options: readonly { readonly value: string; readonly label: string }[]
      readonly when?: When
    }
  | {
      readonly kind: 'lines' | 'days'
      readonly key: string
      readonly label: string
      readonly description: string
      readonly when?: When
    }
/** The field is asked only while that other one has this value. */
interface When {
  readonly key: string
  readonly is: string
}

export interface DecisionKind {
  readonly key: string
  readonly name: string
  readonly about: string
  /** Where the vendor has it set. */
  readonly where: string
  readonly fields: readonly Field[]
}

const choice = (
  key: string,
  label: string,
  options: Readonly<Record<string, string>>,
  when?: When,
): Field => ({
  kind: 'choice',
  key,
  label,
  options: Object.entries(options).map(([value, text]) => ({ value, label: text })),
  ...(when ? { when } : {}),
})
const use = choice('use', 'Decision', { off: 'Not used', on: 'Used' })
const used = { key: 'use', is: 'on' } as const

const permissions = 'Workspace settings of the vendor, “Permissions & roles”'

export const catalogue: readonly DecisionKind[] = [
  {
    key: 'vendor_local',
    name: 'Codex local, at the vendor',
    about:
      'Whether people may use the client with the vendor’s own sign-in. It matters where they keep that sign-in for the model; Gatehouse’s own surface is separate.',
    where: `${permissions}: “Allow members to use Codex Local”`,
    fields: [use],
  },
  {
    key: 'vendor_device_code',
    name: 'Device codes, at the vendor',
    about:
      'Whether the vendor’s own sign-in takes device codes. Turning device codes off in Gatehouse does nothing about these.',
    where: `${permissions}: device code authentication for the command line`,
    fields: [use],
  },
  {
    key: 'vendor_access_tokens',
    name: 'Access tokens of the vendor',
    about:
      'Whether members may make access tokens at the vendor, and the longest lifetime they may choose there.',
    where: `${permissions}: “Allow users to create access tokens” and “Access token expiration limit”`,
    fields: [
      use,
      {
        kind: 'days',
        key: 'maxDays',
        label: 'Longest lifetime',
        description: 'In days. Empty: no limit.',
        when: used,
      },
    ],
  },
  {
    key: 'cloud',
    name: 'Codex cloud',
    about: 'Tasks that run in containers of the vendor, with code from connected repositories.',
    where: `${permissions}: “Allow members to use Codex cloud”`,
    fields: [use],
  },
  {
    key: 'github_connector',
    name: 'GitHub connector',
    about: 'The app that gives the cloud its repositories. Nothing in the cloud works without it.',
    where: `${permissions}: “ChatGPT GitHub Connector”, and the installation of the app at GitHub`,
    fields: [
      use,
      {
        kind: 'lines',
        key: 'repositories',
        label: 'Repositories',
        description: 'One a line, such as acme/shop. Empty: those that the installation allows.',
        when: used,
      },
    ],
  },
  {
    key: 'cloud_environments',
    name: 'Cloud environments',
    about: 'Who makes and changes the environments that cloud tasks run in, with their secrets.',
    where: 'Codex settings of the vendor, “Environments”',
    fields: [
      choice('editors', 'Decision', {
        admins: 'Codex admins only',
        members: 'Every member who may use the cloud',
      }),
    ],
  },
  {
    key: 'agent_internet',
    name: 'Internet access of cloud agents',
    about:
      'What an agent in the cloud may reach while it works. Setup scripts always reach the internet.',
    where: `${permissions}, and each environment: “Agent internet access”`,
    fields: [
      choice('use', 'Decision', { off: 'No internet', on: 'Internet, within limits' }),
      choice(
        'preset',
        'Domains',
        {
          none: 'None but those below',
          common: 'Common dependencies, and those below',
          all: 'All (unrestricted)',
        },
        used,
      ),
      {
        kind: 'lines',
        key: 'domains',
        label: 'Additional domains',
        description: 'One a line, such as packages.acme.example.',
        when: used,
      },
      choice('methods', 'HTTP methods', { read: 'GET, HEAD and OPTIONS only', all: 'All' }, used),
    ],
  },
  {
    key: 'slack_answers',
    name: 'Answers in Slack',
    about: 'What the vendor’s Slack app posts when a task is done.',
    where: `${permissions}: “Allow Codex Slack app to post answers on task completion”`,
    fields: [
      choice('answers', 'Decision', {
        off: 'The Slack app is not used',
        link: 'Only a link to the task',
        answer: 'The answer itself',
      }),
    ],
  },
  {
    key: 'code_review',
    name: 'Code review defaults',
    about: 'When the vendor’s agent reviews pull requests without being asked.',
    where: 'Codex settings of the vendor, “Code review”, and each repository',
    fields: [
      choice('trigger', 'Decision', {
        off: 'Not used',
        asked: 'Only when somebody asks in a comment',
        opened: 'When a pull request is opened for review or marked as ready',
      }),
      choice('depth', 'Depth', { standard: 'Standard', exhaustive: 'Exhaustive' }),
      {
        kind: 'lines',
        key: 'repositories',
        label: 'Repositories',
        description: 'One a line. Empty: all that are connected.',
      },
    ],
  },
  {
    key: 'security_scans',
    name: 'Security scans of repositories',
    about: 'Scans of connected repositories by the vendor’s security product.',
    where: 'Codex settings of the vendor, “Security”',
    fields: [
      use,
      {
        kind: 'lines',
        key: 'repositories',
        label: 'Repositories',
        description: 'One a line.',
        when: used,
      },
    ],
  },
  {
    key: 'vendor_administration',
    name: 'Administration at the vendor',
    about:
      'Whether members with the vendor’s Codex Admin role see its analytics and change its policies and environments.',
    where: `${permissions}: “Allow members to administer Codex”`,
    fields: [use],
  },
  {
    key: 'retention',
    name: 'Retention and compliance log',
    about: 'How long the vendor keeps what people did, and whether its compliance log is fetched.',
    where:
      'Workspace settings of the vendor, data retention; the compliance key, by the vendor’s support',
    fields: [
      {
        kind: 'days',
        key: 'days',
        label: 'Kept for',
        description: 'In days. Empty: as long as the vendor keeps it.',
      },
      choice('log', 'Compliance log', {
        unused: 'Not fetched',
        fetched: 'Fetched by us',
      }),
    ],
  },
]

/** Stands on every screen and in every document that shows them. */
export const recordedOnly = 'Gatehouse records this and cannot enforce it.'

export const decisionKind = (key: string): DecisionKind | undefined =>
  catalogue.find((kind) => kind.key === key)

/** What was decided, by the keys of the fields. */
export type DecisionValue = Readonly<Record<string, string | readonly string[] | number | null>>

/** The fields that count for a value: those whose condition it meets. */
export const fieldsOf = (kind: DecisionKind, value: DecisionValue): readonly Field[] =>
  kind.fields.filter(({ when }) => when === undefined || value[when.key] === when.is)

/** What is wrong with a value, field by field; nothing else than the fields that count may stand in it. */
export function faultsOf(
  kind: DecisionKind,
  value: DecisionValue,
): readonly { readonly field: string; readonly message: string }[] {
  const counted = fieldsOf(kind, value)
  const faults = counted.flatMap((field) => {
    const message = faultOf(field, value[field.key])
    return message === undefined ? [] : [{ field: `value.${field.key}`, message }]
  })
  const unknown = Object.keys(value).filter((key) => !counted.some((field) => field.key === key))
  return [
    ...faults,
    ...unknown.map((key) => ({
      field: `value.${key}`,
      message: 'This decision has no such field, or not together with the others. Leave it out.',
    })),
  ]
}

function faultOf(field: Field, value: DecisionValue[string] | undefined): string | undefined {
  switch (field.kind) {
    case 'choice':
      return field.options.some((option) => option.value === value)
        ? undefined
        : `Choose one of: ${field.options.map((option) => option.value).join(', ')}.`
    case 'lines':
      return Array.isArray(value) &&
        value.every((line) => typeof line === 'string' && line.trim() === line && line !== '')
        ? undefined
        : 'A list of texts, each of one line and not empty.'
    case 'days':
      return value === null || (typeof value === 'number' && value >= 1)
        ? undefined
        : 'A whole number of days, at least 1, or null.'
  }
}

/** The value in words, one line for each field: what documents, tables and diffs show. */
export const inWords = (kind: DecisionKind, value: DecisionValue): readonly string[] =>
  fieldsOf(kind, value).map((field) => `${field.label}: ${shownValue(field, value[field.key])}`)

function shownValue(field: Field, value: DecisionValue[string] | undefined): string {
  switch (field.kind) {
    case 'choice':
      return field.options.find((option) => option.value === value)?.label ?? String(value)
    case 'lines':
      return Array.isArray(value) && value.length > 0 ? value.join(', ') : 'none named'
    case 'days':
      return typeof value === 'number' ? `${value} days` : 'no limit'
  }
}
