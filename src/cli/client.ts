import { defineCommand } from 'citty'
import type { Client, Setup } from '#features/clients/schema.ts'
import { endedThenLoggedOut } from '#features/clients/schema.truths.ts'
import { api, ApiRefusal, everything } from './api.ts'
import { print, printTable } from './print.ts'

const json = { type: 'boolean', description: 'Print JSON' } as const
const yes = { type: 'boolean', description: 'End it' } as const

/** What narrows a list of clients, and what is ended with it. */
const filters = {
  member: { type: 'string', description: 'E-mail address or id of a member' },
  route: { type: 'string', description: 'config_server or workspace' },
  'signed-in-before': { type: 'string', description: 'A date: 2026-05-01' },
  'unused-since': { type: 'string', description: 'A date: not used since then' },
} as const

interface Filters {
  readonly member?: string | undefined
  readonly route?: string | undefined
  readonly 'signed-in-before'?: string | undefined
  readonly 'unused-since'?: string | undefined
}

interface Filter {
  readonly member?: string
  readonly route?: string
  readonly signedInBefore?: number
  readonly unusedSince?: number
}

async function filterOf(args: Filters): Promise<Filter> {
  const { member, route } = args
  return {
    ...(member === undefined ? {} : { member: await memberId(member) }),
    ...(route === undefined ? {} : { route }),
    ...dated('signedInBefore', args['signed-in-before']),
    ...dated('unusedSince', args['unused-since']),
  }
}

const dated = (name: 'signedInBefore' | 'unusedSince', text: string | undefined): Filter => {
  if (text === undefined) return {}
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new ApiRefusal(`${text} is no date. Write it like 2026-05-01.`)
  return { [name]: at }
}

async function memberId(wanted: string): Promise<string> {
  if (!wanted.includes('@')) return wanted
  const found = await everything<{ id: string; email: string }>(
    `/api/v1/members?q=${encodeURIComponent(wanted)}`,
  )
  const exact = found.find(({ email }) => email.toLowerCase() === wanted.toLowerCase())
  if (!exact) throw new ApiRefusal(`There is no member ${wanted}.`)
  return exact.id
}

function clientsIn(filter: Filter, state?: Client['state']): Promise<readonly Client[]> {
  const entries = Object.entries({ ...filter, ...(state === undefined ? {} : { state }) })
  const query = new URLSearchParams(entries.map(([key, value]) => [key, String(value)]))
  return everything<Client>(`/api/v1/clients?${query}`)
}

const when = (at: number | null): string => (at === null ? 'never' : new Date(at).toISOString())

const list = defineCommand({
  meta: { name: 'list', description: 'Who is signed in with which client' },
  args: {
    ...filters,
    state: { type: 'string', description: 'active, suspended or ended' },
    json,
  },
  async run({ args }) {
    const clients = await clientsIn(await filterOf(args), args.state as Client['state'] | undefined)
    print(args.json, clients, () =>
      printTable(
        clients.map((c) => ({
          member: c.member.email,
          route: c.route,
          state: c.state,
          program: c.program,
          'signed in': when(c.signedInAt),
          'last used': when(c.lastUsedAt),
          served: c.served?.name ?? null,
          id: c.id,
        })),
      ),
    )
  },
})

const end = defineCommand({
  meta: { name: 'end', description: 'End one sign-in: says whose it is; does it with --yes' },
  args: {
    id: { type: 'positional', description: 'Id of the client', required: true },
    yes,
    json,
  },
  async run({ args }) {
    const client = await api<Client>('GET', `/api/v1/clients/${encodeURIComponent(args.id)}`)
    if (args.yes) await api('DELETE', `/api/v1/clients/${encodeURIComponent(args.id)}`)
    print(args.json, client, () => {
      const said = `${client.member.email}, ${client.program}, last used ${when(client.lastUsedAt)}`
      console.log(args.yes ? `Ended: ${said}.` : `${said}. End it with --yes.`)
      if (client.route === 'workspace') console.log(endedThenLoggedOut)
    })
  },
})

const endAll = defineCommand({
  meta: {
    name: 'end-all',
    description: 'End all sign-ins that a filter lets through: says how many; does it with --yes',
  },
  args: { ...filters, yes, json },
  async run({ args }) {
    const filter = await filterOf(args)
    if (Object.keys(filter).length === 0)
      throw new ApiRefusal('Say which: --member, --route, --signed-in-before or --unused-since.')
    // Those of suspended members hold tokens as well, and would work again.
    const live = [...(await clientsIn(filter, 'active')), ...(await clientsIn(filter, 'suspended'))]
    const expected = live.length
    const { ended } = args.yes
      ? await api<{ ended: number }>('POST', '/api/v1/clients/end', { ...filter, expected })
      : { ended: 0 }
    print(args.json, { matching: expected, ended }, () => {
      const members = new Set(live.map(({ member }) => member.id)).size
      console.log(
        args.yes
          ? `${ended} sign-ins were ended.`
          : `${expected} sign-ins of ${members} members. End them with --yes.`,
      )
      if (live.some(({ route }) => route === 'workspace')) console.log(endedThenLoggedOut)
    })
  },
})

const setup = defineCommand({
  meta: { name: 'setup', description: 'The lines that sign a machine’s clients in' },
  args: {
    route: { type: 'positional', description: 'config_server or workspace', required: true },
    form: {
      type: 'positional',
      description: 'Which of its forms; none: their names',
      required: false,
    },
    remove: { type: 'boolean', description: 'The way back instead' },
    json,
  },
  async run({ args }) {
    const { issuer, routes } = await api<Setup>('GET', '/api/v1/client-setup')
    const route = routes.find((one) => one.route === args.route)
    if (!route) throw new ApiRefusal(`The routes are ${routes.map((r) => r.route).join(' and ')}.`)
    const names = route.snippets.map(({ id }) => id).join(', ')
    const form = route.snippets.find(({ id }) => id === args.form)
    if (args.form !== undefined && !form) throw new ApiRefusal(`Its forms are ${names}.`)
    print(args.json, form ?? { issuer, ...route }, () => {
      if (form) process.stdout.write((args.remove ? form.remove : form.install) ?? '')
      else console.log(`${route.summary}\nForms: ${names}`)
    })
  },
})

export const client = defineCommand({
  meta: { name: 'client', description: 'Clients that people signed in' },
  subCommands: { list, end, 'end-all': endAll, setup },
})
