import { mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compose, type Composition, type Layer, type PlainTable } from '#requirements/index.ts'
import { emptyHome } from './codex.ts'
import { givenFrom, toml, type Given } from './composition.pairs.ts'
import { MARKETPLACES, PRINTED, SERVERS } from './composition.picked.ts'
import { startOracle, type Oracle, type Verdict } from './oracle.ts'
import { writeManagedRequirements } from './sandbox.ts'
import { startStandIn, type StandIn } from './stand-in.ts'

// What the client makes of several layers, against what we make of them. It is asked twice: with the layers, and with
// nothing but the one document that we say they amount to. Both times it has to say the same.

const GENERATED = 300
const port = 7449

let oracle: Oracle
beforeAll(async () => {
  oracle = await startOracle(port)
})
afterAll(() => oracle.close())

describe('layers are put together as the client does it', () => {
  it.each(PRINTED)('$name', async (given) => {
    expect(await difference(given)).toBeUndefined()
  })

  it(`on ${GENERATED} generated machines`, async () => {
    const seeds = Array.from({ length: GENERATED }, (_, seed) => seed)
    const found = await Promise.all(
      seeds.map(async (seed) => {
        const given = givenFrom(seed)
        const different = await difference(given)
        return different === undefined ? [] : [{ seed, given, different }]
      }),
    )
    expect(found.flat()).toEqual([])
  })

  it('with machines of both kinds among the generated ones', () => {
    const compositions = Array.from({ length: GENERATED }, (_, seed) => composed(givenFrom(seed)))
    const accepted = compositions.filter(({ errors }) => errors.length === 0)
    expect(accepted.length).toBeGreaterThan(GENERATED / 2)
    expect(compositions.length - accepted.length).toBeGreaterThan(GENERATED / 20)
    // Layers that never meet would prove nothing.
    const contested = accepted.filter(({ keys }) =>
      keys.some(
        ({ beat, from }) => beat.length > 0 || new Set(from.map((at) => at.layer)).size > 1,
      ),
    )
    expect(contested.length).toBeGreaterThan(GENERATED / 3)
  })
})

/** In what the client disagrees with us, if in anything. */
async function difference(given: Given): Promise<unknown> {
  const composition = composed(given)
  const [client, ours] = await Promise.all([
    oracle.ask(given),
    oracle.ask(asOneDocument(composition)),
  ])
  const errors = composition.errors.map(({ code, complaint, key }) => ({ code, complaint, key }))
  if (client.refused !== undefined)
    return errors.length > 0 ? undefined : { refused: client.refused }
  if (errors.length > 0) return { accepted: true, errors }
  return same(client, ours) ? undefined : { client, ours }
}

function composed({ delivered, system, legacy }: Given): Composition {
  const layers: Layer[] = [
    ...delivered.map((text, n): Layer => ({ kind: 'delivered', name: `fragment ${n}`, text })),
    {
      kind: 'system',
      name: '/etc/codex/requirements.toml',
      text: `${system}\n[config_server]\nbase_url = "https://127.0.0.1:${port}/"\n`,
    },
  ]
  if (legacy !== undefined)
    layers.push({ kind: 'legacy', name: '/etc/codex/managed_config.toml', text: legacy })
  return compose(layers, { host: hostname() })
}

const OF_THE_MACHINE = ['chatgpt_base_url', 'allowed_login_methods', 'cli_auth_credentials_store']

/** The composition as one fragment; what is only read on the machine lies there. */
function asOneDocument({ document }: Composition): Given {
  const entries = Object.entries(document).filter(([key]) => key !== 'config_server')
  const part = (local: boolean): PlainTable =>
    Object.fromEntries(entries.filter(([key]) => OF_THE_MACHINE.includes(key) === local))
  return { delivered: [toml(part(false))], system: toml(part(true)) }
}

function same(a: Verdict, b: Verdict): boolean {
  // Paths are printed under the home of the one who asked, which is another one each time.
  const said = ({ requirements }: Verdict): string =>
    JSON.stringify(sorted(requirements)).replace(/[^"]*\/lane\d+-[^/"]+(?:\/home\d+)?/g, '~')
  return a.refused === b.refused && said(a) === said(b)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]),
  )
}

describe('what the client does not print', () => {
  let standIn: StandIn
  beforeAll(async () => {
    standIn = await startStandIn(port + 1)
    mkdirSync(join(PLUGINS, '.agents', 'plugins'), { recursive: true })
    const marketplace = { name: 'plugins', plugins: [] }
    writeFileSync(join(PLUGINS, '.agents/plugins/marketplace.json'), JSON.stringify(marketplace))
  })
  afterAll(() => standIn.close())

  const say = async (given: Given, args: readonly string[]): Promise<string> => {
    const home = emptyHome({ CODEX_CA_CERTIFICATE: standIn.caFile })
    writeFileSync(join(home.folder, '.codex', 'config.toml'), OWN_SERVERS)
    standIn.deliverTo('asked', given.delivered)
    const server = `[config_server]\nbase_url = "https://127.0.0.1:${port + 1}/c/asked"\n`
    writeManagedRequirements(`${given.system}\n${server}`)
    const { code, stdout } = await home.run(args)
    return `${code} ${stdout}`.replace(/"disabled_reason": "requirements[^"]*"/g, '"disabled"')
  }

  it.each(SERVERS)('servers: $name', async (given) => {
    const client = await say(given, ['mcp', 'list', '--json'])
    expect(client).toContain('"disabled"')
    expect(await say(asOneDocument(composed(given)), ['mcp', 'list', '--json'])).toBe(client)
  })

  it.each(MARKETPLACES)('plugins: $name', async (given) => {
    const add = ['plugin', 'marketplace', 'add', PLUGINS]
    expect(await say(asOneDocument(composed(given)), add)).toBe(await say(given, add))
  })

  it('plugins are taken from some and not from others', async () => {
    const codes = await MARKETPLACES.reduce<Promise<readonly string[]>>(
      async (before, given) => [
        ...(await before),
        (await say(given, ['plugin', 'marketplace', 'add', PLUGINS])).slice(0, 1),
      ],
      Promise.resolve([]),
    )
    expect(new Set(codes)).toEqual(new Set(['0', '1']))
  })
})

const PLUGINS = '/srv/plugins'
const OWN_SERVERS = `
[mcp_servers.x]
command = "a"
[mcp_servers.y]
url = "https://y"
[mcp_servers.z]
command = "z"
`
