import { readFileSync } from 'node:fs'
import { defineCommand } from 'citty'
import type { ChangeSet, Draft, Policy, Version } from '#features/policies/schema.ts'
import { api, ApiRefusal, everything } from './api.ts'
import { print, printTable } from './print.ts'

async function byName(name: string): Promise<Policy> {
  const all = await everything<Policy>('/api/v1/policies')
  const found = all.find((p) => p.id === name || p.name.toLowerCase() === name.toLowerCase())
  if (!found) throw new ApiRefusal(`There is no policy ${name}. See: gatehouse policy list`)
  return found
}

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
          id: p.id,
        })),
      ),
    )
  },
})

const show = defineCommand({
  meta: { name: 'show', description: 'The text of a policy' },
  args: {
    policy: { type: 'positional', description: 'Name or id', required: true },
    version: { type: 'string', description: 'A version number; default: the published one' },
    draft: { type: 'boolean', description: 'The draft instead' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const policy = await byName(args.policy)
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
    yes: { type: 'boolean', description: 'Publish it' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const policy = await byName(args.policy)
    const path = `/api/v1/policies/${policy.id}`
    const before = await api<Draft>('GET', `${path}/draft`)
    const draft = await api<Draft>('PUT', `${path}/draft`, {
      text: readFileSync(args.file, 'utf8'),
      revision: before.revision,
    })
    const effect = await api<ChangeSet>('POST', '/api/v1/change-sets/preview', {
      act: { kind: 'publish', policyId: policy.id },
    })
    if (!args.yes) {
      print(args.json, effect, () => {
        showEffect(effect)
        console.log('Saved as the draft, not published. Publish it with --yes.')
      })
      return
    }
    const done = await api<{ version: Version; touches: number }>('POST', `${path}/publish`, {
      message: args.message,
      draftRevision: draft.revision,
      changeSet: effect.hash,
    })
    print(args.json, done, () =>
      console.log(
        `${policy.name} v${done.version.number} is published; it touches ${done.touches}. ${effect.clients}`,
      ),
    )
  },
})

function showEffect(effect: ChangeSet): void {
  console.log(`Touches ${effect.members} members and ${effect.enrolments} enrolments.`)
  for (const change of effect.changes) {
    const name = (side: ChangeSet['changes'][number]['before']) =>
      side ? `${side.name} v${side.version}` : 'no policy'
    console.log(`${change.count} get ${name(change.after)} instead of ${name(change.before)}:`)
    printTable(
      change.keys.map((k) => ({ key: k.key, before: k.before ?? null, after: k.after ?? null })),
    )
  }
  for (const c of effect.complaints)
    console.log(`${c.severity} ${c.line}:${c.column} ${c.message} ${c.effect}`)
}

export const policy = defineCommand({
  meta: { name: 'policy', description: 'Policies' },
  subCommands: { list, show, publish },
})
