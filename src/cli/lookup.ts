import { defineCommand } from 'citty'
import type { Lookup } from '#features/policies/schema.ts'
import { api, ApiRefusal } from './api.ts'
import { print, printTable } from './print.ts'

export const lookup = defineCommand({
  meta: { name: 'lookup', description: 'Which policy somebody gets, and why' },
  args: {
    email: { type: 'positional', description: 'The e-mail address of a member', required: false },
    group: { type: 'string', description: 'A group instead' },
    enrolment: { type: 'string', description: 'An enrolment instead' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const asked = Object.entries({
      email: args.email,
      group: args.group,
      enrolment: args.enrolment,
    })
    const [one, ...more] = asked.flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`],
    )
    if (one === undefined || more.length > 0)
      throw new ApiRefusal('Name one: an e-mail address, --group or --enrolment.')
    const found = await api<Lookup>('GET', `/api/v1/lookup?${one}`)
    print(args.json, found, () => show(found))
  },
})

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
