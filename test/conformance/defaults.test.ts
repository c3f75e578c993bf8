import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arbitraryDefaults } from '#requirements/defaults/arbitrary.ts'
import { CASES, type DefaultsCase } from '#requirements/defaults/cases.ts'
import {
  checkPolicy,
  composeDefaults,
  isPublishable,
  type DefaultsLayer,
  type Plain,
} from '#requirements/index.ts'
import { startAppServer } from './app-server.ts'
import { emptyHome } from './codex.ts'
import { startOracle, type Oracle } from './oracle.ts'
import { writeManagedRequirements } from './sandbox.ts'
import { startStandIn, type StandIn } from './stand-in.ts'

// What Gatehouse believes of delivered defaults, asked of the client. They come from a stand-in, since the product would
// serve only those that it judges good; test/conformance/defaults.product.test.ts is about the product.

const port = 7461

describe('delivered defaults', () => {
  let oracle: Oracle
  beforeAll(async () => {
    oracle = await startOracle(port)
  })
  afterAll(() => oracle.close())

  const disagreements = async (cases: readonly DefaultsCase[]) => {
    const asked = cases.map(async ({ toml, requirements }) => {
      const { refused } = await oracle.ask({
        defaults: [toml],
        ...(requirements === undefined ? {} : { delivered: [requirements] }),
      })
      const { defaults } = checkPolicy({ text: requirements ?? '', defaults: toml })
      return { toml, client: refused, ours: isPublishable(defaults), defaults }
    })
    return (await Promise.all(asked))
      .filter(({ client, ours, defaults }) => {
        // Of settings of features the check says that it does not know.
        if (defaults.complaints.some(({ code }) => code === 'not_simulated')) return false
        return (client === undefined) !== ours
      })
      .map(({ toml, client, defaults }) => ({
        toml,
        client: client ?? 'accepted',
        ours: defaults.complaints.map(({ severity, message }) => `${severity}: ${message}`),
      }))
  }

  it(`are taken and refused as the check says: ${CASES.length} by hand`, async () => {
    expect(await disagreements(CASES)).toEqual([])
  })

  it('are taken and refused as the check says: 200 that grew from the table', async () => {
    const grown = [
      ...fc.sample(arbitraryDefaults(), { numRuns: 100, seed: 1 }),
      ...fc.sample(arbitraryDefaults(6), { numRuns: 100, seed: 2 }),
    ]
    expect(await disagreements(grown.map((toml) => ({ toml, expect: 'accepted' })))).toEqual([])
  })
})

interface ConfigRead {
  readonly config: Readonly<Record<string, unknown>>
  readonly origins: Readonly<
    Record<string, { readonly name: { readonly type: string; readonly id?: string } }>
  >
}

describe('delivered defaults among the other layers', () => {
  let standIn: StandIn
  beforeAll(async () => {
    standIn = await startStandIn(port + 1)
    writeManagedRequirements(
      `[config_server]\nbase_url = "https://127.0.0.1:${port + 1}/c/asked"\n`,
    )
  })
  afterAll(() => standIn.close())

  it('are where the composition says, with the values it says: 80 pairs', async () => {
    const good = fc.sample(
      arbitraryDefaults().filter((text) => {
        const { defaults } = checkPolicy({ text: '', defaults: text })
        return (
          isPublishable(defaults) &&
          // 0.169 fails to read this one back from a file of the user (`AbsolutePathBuf deserialized without a base path`).
          !text.includes('config_file') &&
          defaults.complaints.every(({ code }) => code !== 'not_simulated')
        )
      }),
      { numRuns: 100, seed: 3 },
    )
    const wrong: unknown[] = []
    let keysSeen = 0
    for (let n = 0; n < 16; n += 1) {
      const delivered = good.slice(n, n + (n % 4 === 3 ? 2 : 1))
      standIn.deliverTo('asked', [], delivered)
      const home = emptyHome({ CODEX_CA_CERTIFICATE: standIn.caFile })
      const server = await startAppServer(home)
      for (const user of good.slice(20 + 5 * n, 25 + 5 * n)) {
        writeFileSync(join(home.folder, '.codex', 'config.toml'), user)
        const read = await server.call<ConfigRead>('config/read').catch(String)
        if (typeof read === 'string') {
          wrong.push({ user, delivered, read })
          continue
        }
        const layers = layersOf(user, delivered)
        for (const { key, path, value, from } of composeDefaults(layers).keys) {
          keysSeen += 1
          const ours = { by: layers[from[0]?.layer ?? -1]?.id, value }
          const client = { by: originOf(read.origins, path), value: heldAt(read.config, path) }
          if (isEmpty(value)) continue
          if (client.by !== ours.by || !(RESHAPED.test(key) || isSame(client.value, value)))
            wrong.push({ user, delivered, key, ours, client })
        }
      }
      await server.close()
    }
    expect(wrong).toEqual([])
    expect(keysSeen).toBeGreaterThan(500)
  })
})

/** Read back in another form: paths made absolute, switches as tables. Who wins is compared, what he says is not. */
const RESHAPED =
  /^(?:log_dir|sqlite_home|js_repl_node_path|js_repl_node_module_dirs|skills\.config|tools\.web_search|tools\.client_search_provider)$/

function layersOf(user: string, delivered: readonly string[]): readonly DefaultsLayer[] {
  return [
    { id: 'user', kind: 'user', name: 'config.toml', text: user },
    ...delivered.map((text, index): DefaultsLayer => ({
      id: `pol_standin${index}`,
      kind: 'delivered',
      name: `Stand-in ${index}`,
      text,
    })),
  ]
}

/** The client names the items of a list one by one: `notify.0`. */
function originOf(origins: ConfigRead['origins'], path: readonly string[]): string | undefined {
  const key = path.join('.')
  const found = Object.entries(origins).find(([name]) => name === key || name.startsWith(`${key}.`))
  const { type, id } = found?.[1].name ?? {}
  return type === 'enterpriseManaged' ? id : type
}

function heldAt(config: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string, unknown>)[name]
        : undefined,
    config,
  )
}

const isEmpty = (value: Plain): boolean =>
  typeof value === 'object' && Object.keys(value).length === 0

const isSame = (client: unknown, ours: Plain): boolean =>
  JSON.stringify(client) === JSON.stringify(ours)
