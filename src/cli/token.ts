import { defineCommand } from 'citty'
import type { Account } from '#features/clients/accounts/schema.ts'
import type { AccessToken, IssuedToken } from '#features/clients/tokens/schema.ts'
import { api, ApiRefusal, everything } from './api.ts'
import { print, printTable } from './print.ts'

const json = { type: 'boolean', description: 'Print JSON' } as const
const account = {
  type: 'string',
  description: 'Name or id of a service account',
  required: true,
} as const
const days = { type: 'string', description: 'Days after which it expires', default: '30' } as const
const forever = { type: 'boolean', description: 'It does not expire' } as const
const iso = (at: number | null): string => (at === null ? 'never' : new Date(at).toISOString())

async function accountNamed(wanted: string): Promise<Account> {
  const all = await everything<Account>('/api/v1/service-accounts')
  const found = all.find((a) => a.id === wanted || a.name.toLowerCase() === wanted.toLowerCase())
  if (!found) throw new ApiRefusal(`There is no service account ${wanted}.`)
  return found
}

const pathOf = ({ id }: Account): string =>
  `/api/v1/service-accounts/${encodeURIComponent(id)}/tokens`

/** The one that works, by its id or by its name where only one has that. */
async function tokenNamed(of: Account, wanted: string): Promise<AccessToken> {
  const all = await everything<AccessToken>(`${pathOf(of)}?state=active`)
  const found = all.filter((t) => t.id === wanted || (t.name === wanted && t.replacedBy === null))
  const [one] = found
  if (!one) throw new ApiRefusal(`${of.name} has no access token ${wanted} that works.`)
  if (found.length > 1)
    throw new ApiRefusal(`${of.name} has ${found.length} named ${wanted}: use an id.`)
  return one
}

/** The token alone on standard output, so that it can be piped into a store of secrets; the rest on standard error. */
function show(made: IssuedToken): void {
  console.error(`${made.token.name} expires ${iso(made.token.expiresAt)}. It is shown this once:`)
  console.log(made.secret)
  if (made.old) console.error(`The old one goes on until ${iso(made.old.expiresAt)}.`)
}

const list = defineCommand({
  meta: { name: 'list', description: 'The access tokens of everybody, or of one service account' },
  args: { account: { ...account, required: false }, json },
  async run({ args }) {
    const path =
      args.account === undefined
        ? '/api/v1/access-tokens'
        : pathOf(await accountNamed(args.account))
    const tokens = await everything<AccessToken>(path)
    print(args.json, tokens, () =>
      printTable(
        tokens.map((t) => ({
          name: t.name,
          of: t.of.email ?? t.of.name,
          state: t.state,
          expires: iso(t.expiresAt),
          'last used': iso(t.lastUsedAt),
          id: t.id,
        })),
      ),
    )
  },
})

const create = defineCommand({
  meta: { name: 'create', description: 'Make an access token for a service account' },
  args: {
    account,
    name: { type: 'positional', description: 'Where it will be', required: true },
    purpose: { type: 'string', description: 'What stops working without it', default: '' },
    days,
    forever,
    json,
  },
  async run({ args }) {
    const made = await api<IssuedToken>('POST', pathOf(await accountNamed(args.account)), {
      name: args.name,
      purpose: args.purpose,
      expiresInDays: args.forever ? null : Number(args.days),
    })
    print(args.json, made, () => show(made))
  },
})

const rotate = defineCommand({
  meta: {
    name: 'rotate',
    description: 'Make a second token in place of one; the old one goes on for a while',
  },
  args: {
    account,
    token: { type: 'positional', description: 'Name or id of the token', required: true },
    'old-ends-in': {
      type: 'string',
      description: 'Hours for which the old one goes on; 0: it ends now',
      default: '24',
    },
    days,
    forever,
    json,
  },
  async run({ args }) {
    const of = await accountNamed(args.account)
    const { id } = await tokenNamed(of, args.token)
    const made = await api<IssuedToken>('POST', `${pathOf(of)}/${encodeURIComponent(id)}/rotate`, {
      expiresInDays: args.forever ? null : Number(args.days),
      oldEndsInHours: Number(args['old-ends-in']),
    })
    print(args.json, made, () => show(made))
  },
})

const revoke = defineCommand({
  meta: { name: 'revoke', description: 'End anybody’s access token for good' },
  args: { id: { type: 'positional', description: 'Its id', required: true }, json },
  async run({ args }) {
    await api<undefined>('DELETE', `/api/v1/access-tokens/${encodeURIComponent(args.id)}`)
    print(args.json, { id: args.id }, () => console.log(`${args.id} is revoked.`))
  },
})

export const token = defineCommand({
  meta: { name: 'token', description: 'Access tokens of members and service accounts' },
  subCommands: { create, list, rotate, revoke },
})
