import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRequirements, type Plain, type PlainTable } from '#requirements/index.ts'
import { documentHash } from '../act.ts'
import { arbitrarySnapshot, policyOf, snapshotOf } from '../arbitrary.ts'
import { changes } from '../changeset.ts'
import { resolve } from '../resolve.ts'
import { principals, type Principal, type Snapshot, type SnapshotPolicy } from '../snapshot.ts'
import { effectsOf, sizeOf, type What } from './effects.ts'
import { readSettings } from './settings.ts'

const documents = [
  { text: '', defaults: '' },
  { text: 'allowed_sandbox_modes = ["read-only"]', defaults: '' },
  { text: '# the same\nallowed_sandbox_modes = [ "read-only" ]\n', defaults: '' },
  { text: 'allowed_sandbox_modes = ["read-only", "workspace-write"]', defaults: 'model = "a"' },
  {
    text: '[features]\napps = false\n"a.b" = true\n[mcp_servers]\n',
    defaults: 'model = "b"\n[features]\napps = true',
  },
  {
    text: '[[rules.prefix_rules]]\npattern = [{ token = "rm" }]\ndecision = "forbidden"',
    defaults: '',
  },
] as const

/** Any workspace, in which the policies say different things. */
const arbitraryWorkspace: fc.Arbitrary<Snapshot> = fc
  .tuple(arbitrarySnapshot, fc.array(fc.nat(documents.length - 1), { minLength: 8, maxLength: 8 }))
  .map(([snapshot, picks]) => {
    const saying = (policy: SnapshotPolicy, at: number): SnapshotPolicy => {
      const document = documents[picks[at] ?? 0] ?? documents[0]
      return { ...policy, ...document, sha256: documentHash(document) }
    }
    return {
      ...snapshot,
      policies: new Map([...snapshot.policies].map(([id, p], i) => [id, saying(p, i)])),
      rollouts: new Map(
        [...snapshot.rollouts].map(([id, r], i) => [id, { ...r, policy: saying(r.policy, i + 4) }]),
      ),
    }
  })

/** The leaves of a document as `path = JSON`, found by walking it; the peer of the flat lines of the product. */
function leaves(
  value: Plain | undefined,
  path: readonly string[],
  found: Map<string, string>,
): void {
  const isTable = typeof value === 'object' && !Array.isArray(value)
  if (isTable && Object.keys(value).length > 0)
    for (const [name, inner] of Object.entries(value)) leaves(inner, [...path, name], found)
  else if (value !== undefined && path.length > 0)
    found.set(JSON.stringify(path), JSON.stringify(value))
}

type State = { readonly given: string; readonly policy: SnapshotPolicy | null }

function stateOf(snapshot: Snapshot, principal: Principal | undefined): State {
  if (!principal) return { given: 'gone', policy: null }
  const off = (key: string): boolean => snapshot.surfaces.get(key)?.on === false
  if (off('codex_local') || (principal.kind === 'service_account' && off('access_tokens')))
    return { given: 'refused', policy: null }
  const { policy } = resolve(snapshot, principal)
  return { given: policy ? 'policy' : 'nothing', policy }
}

const said = (policy: SnapshotPolicy | null): Map<string, string> => {
  const found = new Map<string, string>()
  const read = (text: string): PlainTable => checkRequirements(text).document ?? {}
  leaves(read(policy?.text ?? ''), [], found)
  const defaults = new Map<string, string>()
  leaves(read(policy?.defaults ?? ''), [], defaults)
  for (const [path, value] of defaults) found.set(`config ${path}`, value)
  return found
}

/** Everybody asked one by one, before and after: how many principals each key changes for, and who is left over. */
function bruteForce(before: Snapshot, after: Snapshot) {
  const there = (s: Snapshot) => new Map([...principals(s)].map((p) => [`${p.kind} ${p.id}`, p]))
  const [left, right] = [there(before), there(after)]
  const counts = new Map<string, number>()
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)
  for (const id of new Set([...left.keys(), ...right.keys()])) {
    const [from, to] = [stateOf(before, left.get(id)), stateOf(after, right.get(id))]
    const same =
      from.given === to.given &&
      from.policy?.id === to.policy?.id &&
      from.policy?.version === to.policy?.version &&
      from.policy?.sha256 === to.policy?.sha256
    if (same) continue
    let found = 0
    const put = (what: string): void => {
      found += 1
      count(what)
    }
    if (from.given !== to.given) put(`given ${from.given} → ${to.given}`)
    const runs = (state: State): boolean => ['policy', 'nothing'].includes(state.given)
    if (runs(from) && runs(to)) {
      const [old, now] = [said(from.policy), said(to.policy)]
      for (const path of new Set([...old.keys(), ...now.keys()]))
        if (old.get(path) !== now.get(path)) put(`${path}: ${old.get(path)} → ${now.get(path)}`)
    }
    if (found === 0) count('wording')
  }
  return counts
}

/** How the brute force would call it; TOML values of these documents are JSON but for the spaces of lists and tables. */
function nameOf(what: What): string {
  if (what.kind === 'wording' || what.kind === 'unreadable') return what.kind
  if (what.kind === 'given') return `given ${what.before} → ${what.after}`
  const value = (text: string | null): string | undefined =>
    text === null
      ? undefined
      : JSON.stringify((checkRequirements(`x = ${text}`).document as { x: Plain }).x)
  const path: string[] = []
  for (let at = checkRequirements(`${what.key} = 1`).document as Plain; typeof at === 'object';) {
    const [[name, inner]] = Object.entries(at) as [[string, Plain]]
    path.push(name)
    at = inner
  }
  const file = what.file === 'config.toml' ? 'config ' : ''
  return `${file}${JSON.stringify(path)}: ${value(what.before)} → ${value(what.after)}`
}

describe('the effects of an act', () => {
  it('are what asking everybody twice would find, key by key, for any two workspaces', () => {
    fc.assert(
      fc.property(arbitraryWorkspace, arbitraryWorkspace, (before, after) => {
        const effects = effectsOf(changes(before, after).changes, readSettings)
        const counted = effects.map((effect) => [nameOf(effect.what), sizeOf(effect)] as const)
        expect(new Map(counted)).toEqual(bruteForce(before, after))
        expect(new Set(effects.map(({ id }) => id)).size).toBe(effects.length)
      }),
      { numRuns: 400 },
    )
  })

  it('say of a draft that is no TOML only that', () => {
    const before = snapshotOf({
      groups: [],
      policies: [policyOf('p')],
      rules: [],
      fallback: 'p',
      members: { ann: [] },
    })
    const broken = { ...policyOf('p', 2), text: 'a = 1\na = 2' }
    const after = { ...before, policies: new Map([['p', broken]]) }
    expect(effectsOf(changes(before, after).changes, readSettings)).toMatchObject([
      { what: { kind: 'unreadable' }, members: 1 },
    ])
  })

  it('gather the people of several policies in whom the same key changes, the largest first', () => {
    const document = { text: 'allowed_web_search_modes = ["cached"]', defaults: '' }
    const before = snapshotOf({
      groups: ['a', 'b'],
      policies: [policyOf('p'), policyOf('q')],
      rules: [
        ['a', 'p'],
        ['b', 'q'],
      ],
      fallback: null,
      members: { ann: ['a'], bob: ['b'], cy: ['b'] },
      enrolments: { build: 'b' },
    })
    const changed = { ...policyOf('r', 2), ...document, sha256: documentHash(document) }
    const after = {
      ...before,
      policies: new Map([
        ['p', { ...changed, id: 'p' }],
        ['q', { ...changed, id: 'q' }],
      ]),
    }
    const effects = effectsOf(changes(before, after).changes, readSettings)
    expect(effects.map(({ what, members, enrolments }) => ({ what, members, enrolments }))).toEqual(
      [
        {
          what: {
            kind: 'setting',
            file: 'requirements.toml',
            key: 'allowed_sandbox_modes',
            before: '["read-only"]',
            after: null,
          },
          members: 3,
          enrolments: 1,
        },
        {
          what: {
            kind: 'setting',
            file: 'requirements.toml',
            key: 'allowed_web_search_modes',
            before: null,
            after: '["cached"]',
          },
          members: 3,
          enrolments: 1,
        },
      ],
    )
    expect(effects[0]?.changes).toHaveLength(2)
  })
})
