import { readFileSync } from 'node:fs'
import { defineCommand } from 'citty'
import type { Draft, Policy } from '#features/policies/schema.ts'
import type { ChangeSet } from '#features/policies/schema.act.ts'
import { api, ApiRefusal, everything } from './api.ts'
import { showEffect } from './effect.ts'
import { check, diff, pull, push } from './policy-code.ts'
import { policyNamed } from './policy-named.ts'
import { print, printTable } from './print.ts'
import { choiceArgs, publishing, rollout, type Done } from './rollout.ts'

const list = defineCommand({
  meta: { name: 'list', description: 'The policies' },
  args: { json: { type: 'boolean', description: 'Print JSON' } },
  async run({ args }) {
    const policies = await everything<Policy>('/api/v1/policies')
    print(args.json, policies, () =>
      printTable(
        policies.map((p) => ({
          name: p.name,
          version: p.published?.number ?? null,
          members: p.members,
          enrolments: p.enrolments,
          default: p.isDefault ? 'yes' : '',
          draft: p.draft.changed ? 'changed' : '',
          rollout: underway(p),
          id: p.id,
        })),
      ),
    )
  },
})

/** What of a policy is on its way. */
function underway({ rollout, scheduled }: Policy): string {
  if (rollout)
    return `v${rollout.version} ${rollout.state === 'halted' ? 'halted' : 'in its stage'}`
  return scheduled ? `v${scheduled.version} ${scheduled.state}` : ''
}

const show = defineCommand({
  meta: { name: 'show', description: 'The text of a policy' },
  args: {
    policy: { type: 'positional', description: 'Name or id', required: true },
    version: { type: 'string', description: 'A version number; default: the published one' },
    draft: { type: 'boolean', description: 'The draft instead' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const policy = await policyNamed(args.policy)
    const number = args.version ?? policy.published?.number
    if (!args.draft && number === undefined)
      throw new ApiRefusal(`${policy.name} was never published. See its draft with --draft`)
    const path = args.draft ? 'draft' : `versions/${String(number)}`
    const shown = await api<{ text: string }>('GET', `/api/v1/policies/${policy.id}/${path}`)
    print(args.json, shown, () => process.stdout.write(shown.text))
  },
})

const publish = defineCommand({
  meta: {
    name: 'publish',
    description: 'Publish a file as the next version: shows whom it touches; does it with --yes',
  },
  args: {
    policy: { type: 'positional', description: 'Name or id', required: true },
    file: { type: 'positional', description: 'A requirements.toml', required: true },
    message: { type: 'string', alias: 'm', description: 'Why, for the history', required: true },
    ...choiceArgs,
    yes: { type: 'boolean', description: 'Publish it' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const policy = await policyNamed(args.policy)
    const path = `/api/v1/policies/${policy.id}`
    const how = await publishing(policy.id, args)
    const before = await api<Draft>('GET', `${path}/draft`)
    const draft = await api<Draft>('PUT', `${path}/draft`, {
      text: readFileSync(args.file, 'utf8'),
      revision: before.revision,
    })
    const effect = await api<ChangeSet>('POST', '/api/v1/change-sets/preview', {
      act: how.act,
    })
    if (!args.yes) {
      print(args.json, effect, () => {
        showEffect(effect)
        console.log('Saved as the draft, not published. Publish it with --yes.')
      })
      return
    }
    const done = await api<Done>('POST', how.path, {
      ...how.body,
      message: args.message,
      draftRevision: draft.revision,
      changeSet: effect.hash,
    })
    print(args.json, done, () =>
      console.log(
        `${policy.name} v${done.version.number} ${how.done}; it touches ${done.touches}. ${effect.clients}`,
      ),
    )
  },
})

export const policy = defineCommand({
  meta: { name: 'policy', description: 'Policies' },
  subCommands: { list, show, publish, rollout, pull, check, diff, push },
})
