import { readFileSync } from 'node:fs'
import { defineCommand } from 'citty'
import type { Composed, Explained } from '#features/policies/lookup/schema.ts'
import type { Lookup } from '#features/policies/lookup/schema.ts'
import { rowsOf } from '#requirements/index.ts'
import { api, ApiRefusal } from './api.ts'
import { print, printTable } from './print.ts'

export const lookup = defineCommand({
  meta: { name: 'lookup', description: 'Which policy somebody gets, and why' },
  args: {
    email: { type: 'positional', description: 'The e-mail address of a member', required: false },
    group: { type: 'string', description: 'A group instead' },
    enrolment: { type: 'string', description: 'An enrolment instead' },
    explain: {
      type: 'boolean',
      description: 'Every key in force, where it comes from and what it beat',
    },
    system: {
      type: 'string',
      description: 'A file: the /etc/codex/requirements.toml of a machine',
    },
    legacy: { type: 'string', description: 'A file: its /etc/codex/managed_config.toml' },
    mdm: {
      type: 'string',
      description: 'A file: the requirements of its device management, decoded. Never tried',
    },
    host: { type: 'string', description: 'The name of that machine, for remote_sandbox_config' },
    older: {
      type: 'boolean',
      description: 'As clients before July 2026 are documented. Never tried',
    },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const { email, group, enrolment } = args
    const asked = Object.entries({ email, group, enrolment }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    )
    if (asked.length !== 1)
      throw new ApiRefusal('Name one: an e-mail address, --group or --enrolment.')
    const named = Object.fromEntries(asked)
    const { host, older } = args
    const machine = {
      ...fileOf('system', args.system),
      ...fileOf('legacy', args.legacy),
      ...fileOf('mdm', args.mdm),
      ...(host === undefined ? {} : { host }),
      ...(older === true ? { generation: 'older' } : {}),
    }
    const explain = args.explain === true || Object.keys(machine).length > 0
    const found = explain
      ? await api<Explained>('POST', '/api/v1/lookup', { ...named, ...machine })
      : await api<Explained>('GET', `/api/v1/lookup?${new URLSearchParams(named).toString()}`)
    print(args.json, found, () => {
      show(found)
      if (explain) showComposition(found.composition)
    })
  },
})

function fileOf(name: string, path: string | undefined): Readonly<Record<string, string>> {
  return path === undefined ? {} : { [name]: readFileSync(path, 'utf8') }
}

function show(found: Lookup): void {
  const { because } = found
  const reason =
    because.kind === 'rule'
      ? `group rule ${because.position} (${because.groupName})`
      : because.kind === 'default'
        ? 'the default policy: no group rule matches'
        : 'no group rule matches and there is no default policy'
  console.log(
    `${found.principal.label}: ${found.policy ? `${found.policy.name} v${found.policy.version}` : 'no policy'}`,
  )
  console.log(`because of ${reason}`)
  if (!found.surface.on) console.log('Codex local is off: clients are refused and do not start.')
  if (found.lost.length > 0) {
    console.log('')
    printTable(
      found.lost.map((rule) => ({
        rule: rule.position,
        group: rule.groupName,
        policy: rule.policyName,
        'did not apply because':
          rule.reason === 'later_rule' ? 'an earlier rule matched' : 'not in this group',
      })),
    )
  }
}

function showComposition({ keys, layers, errors, generation }: Composed): void {
  const at = ({ layer, line }: { readonly layer: number; readonly line: number }): string =>
    `${layers[layer]?.name ?? ''}, line ${line}`
  console.log('')
  if (generation === 'older')
    console.log('As clients before July 2026 are documented; compared with none.\n')
  for (const { message, remedy } of errors)
    console.log(`A client with these layers does not start: ${message} ${remedy}`)
  if (errors.length > 0) console.log('')
  printTable(
    rowsOf(keys).map(({ key, value, from, beat }) => ({
      key,
      value: value.length > 60 ? `${value.slice(0, 59)}…` : value,
      from: at(from),
      beat: beat.map((lost) => `${lost.value} (${at(lost)})`).join('; ') || null,
    })),
  )
  if (layers.every(({ kind }) => kind === 'delivered'))
    console.log('\nGatehouse does not know the files of a machine: give them with --system FILE.')
}
