import { defineCommand } from 'citty'
import type {
  Enrolment,
  EnrolmentDetail,
  IssuedKey,
  RevocationPreview,
} from '#features/delivery/schema.ts'
import { api, ApiRefusal, everything } from './api.ts'
import { print, printTable } from './print.ts'

const json = { type: 'boolean', description: 'Print JSON' } as const
const name = { type: 'positional', description: 'Name or id', required: true } as const

async function byName(wanted: string): Promise<Enrolment> {
  const all = await everything<Enrolment>('/api/v1/enrolments?state=active')
  const found = all.find((e) => e.id === wanted || e.name.toLowerCase() === wanted.toLowerCase())
  if (!found)
    throw new ApiRefusal(`There is no enrolment ${wanted} in use. See: gatehouse enrolment list`)
  return found
}

function showKey(issued: IssuedKey): void {
  console.log(`The key of ${issued.enrolment.name} is shown this once. On each machine, as root:`)
  console.log('')
  console.log(
    issued.snippets.items.find((s) => s.id === 'shell')?.install ?? issued.snippets.baseUrl,
  )
}

const list = defineCommand({
  meta: { name: 'list', description: 'The enrolments' },
  args: { json },
  async run({ args }) {
    const enrolments = await everything<Enrolment>('/api/v1/enrolments')
    print(args.json, enrolments, () =>
      printTable(
        enrolments.map((e) => ({
          name: e.name,
          group: e.group?.name ?? '(default policy)',
          state: e.state,
          'last fetched':
            e.lastFetchedAt === null ? 'never' : new Date(e.lastFetchedAt).toISOString(),
          'fetches today': e.fetchesToday,
          id: e.id,
        })),
      ),
    )
  },
})

const create = defineCommand({
  meta: { name: 'create', description: 'Make an enrolment; its key is shown once' },
  args: {
    name: { ...name, description: 'A name for the fleet' },
    group: { type: 'string', description: 'Id of the group whose rules apply' },
    json,
  },
  async run({ args }) {
    const issued = await api<IssuedKey>('POST', '/api/v1/enrolments', {
      name: args.name,
      groupId: args.group ?? null,
    })
    print(args.json, issued, () => showKey(issued))
  },
})

const rotate = defineCommand({
  meta: {
    name: 'rotate',
    description: 'Make a second key; the older one stays valid until it is ended',
  },
  args: {
    name,
    'end-old-after': {
      type: 'string',
      description: 'Days after which the older key ends by itself',
    },
    json,
  },
  async run({ args }) {
    const { id } = await byName(args.name)
    const days = args['end-old-after']
    const issued = await api<IssuedKey>('POST', `/api/v1/enrolments/${id}/keys`, {
      endOldAfterDays: days === undefined ? null : Number(days),
    })
    print(args.json, issued, () => showKey(issued))
  },
})

const revoke = defineCommand({
  meta: {
    name: 'revoke',
    description: 'Revoke an enrolment: says who will refuse to start; does it with --yes',
  },
  args: { name, yes: { type: 'boolean', description: 'Revoke it' }, json },
  async run({ args }) {
    const { id, name: label } = await byName(args.name)
    const preview = await api<RevocationPreview>('GET', `/api/v1/enrolments/${id}/revocation`)
    if (!args.yes) {
      print(args.json, preview, () => {
        console.log(
          `${label}: ${preview.addresses24h} addresses, ${preview.fetches24h} fetches in 24 hours. ${preview.meaning}`,
        )
        console.log(preview.effect)
        console.log(`${preview.undo} Revoke it with --yes.`)
      })
      return
    }
    const done = await api<EnrolmentDetail>('POST', `/api/v1/enrolments/${id}/revoke`)
    print(args.json, done, () => console.log(`${label} is revoked. ${preview.effect}`))
  },
})

export const enrolment = defineCommand({
  meta: { name: 'enrolment', description: 'Enrolments: links for fleets of machines' },
  subCommands: { create, list, rotate, revoke },
})
