import { defineCommand } from 'citty'
import type { ServiceKey } from '#features/access/schema.ts'
import { api, everything } from './api.ts'
import { print, printTable } from './print.ts'

const json = { type: 'boolean', description: 'Print JSON' } as const
const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const list = defineCommand({
  meta: { name: 'list', description: 'The service keys' },
  args: { json },
  async run({ args }) {
    const keys = await everything<ServiceKey>('/api/v1/keys')
    print(args.json, keys, () =>
      printTable(
        keys.map((k) => ({
          name: k.name,
          prefix: k.prefix,
          state: k.state,
          maker: k.maker.label,
          'last used': iso(k.lastUsedAt),
          scopes: k.scopes.join(' '),
          id: k.id,
        })),
      ),
    )
  },
})

const create = defineCommand({
  meta: { name: 'create', description: 'Make a service key; it is shown once' },
  args: {
    name: { type: 'positional', description: 'What it is for', required: true },
    scopes: { type: 'string', description: 'Permission keys, separated by commas', required: true },
    days: { type: 'string', description: 'Days after which it expires' },
    json,
  },
  async run({ args }) {
    const issued = await api<{ key: ServiceKey; secret: string }>('POST', '/api/v1/keys', {
      name: args.name,
      scopes: args.scopes.split(',').map((scope) => scope.trim()),
      expiresAt: args.days === undefined ? null : Date.now() + Number(args.days) * 86_400_000,
    })
    print(args.json, issued, () => console.log(`${issued.secret}\nIt is shown this once.`))
  },
})

const revoke = defineCommand({
  meta: { name: 'revoke', description: 'Revoke a service key at once' },
  args: { id: { type: 'positional', description: 'Its id', required: true }, json },
  async run({ args }) {
    const done = await api<ServiceKey | undefined>(
      'DELETE',
      `/api/v1/keys/${encodeURIComponent(args.id)}`,
    )
    print(args.json, done ?? { id: args.id }, () => console.log(`${args.id} is revoked.`))
  },
})

export const key = defineCommand({
  meta: { name: 'key', description: 'Service keys' },
  subCommands: { create, list, revoke },
})
