import { writeValue } from '#requirements/edit/write.ts'
import { writeKey } from '#requirements/tree.ts'
import {
  POLICY,
  type Key,
  type Plain,
  type PlainTable,
  type Shape,
  type TableShape,
} from '#requirements/index.ts'

/** What one machine is given: fragments, highest priority first, and the files that lie on it. */
export interface Given {
  readonly delivered: readonly string[]
  readonly system: string
  readonly legacy?: string
}

/** A stream of numbers below one; the same seed gives the same stream (mulberry32). */
export type Chance = () => number

export function chanceFrom(seed: number): Chance {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * What a machine may be given, from the table of keys: each case takes a few keys and writes them, each time with another
 * value, into most of its layers, so that they meet. Mostly valid; what is not is so here and there.
 */
export function givenFrom(seed: number): Given {
  const chance = chanceFrom(seed)
  const keys = Array.from({ length: 1 + whole(chance, 4) }, () => pick(chance, TOPICS))
  const layer = (): string => {
    const parts = keys.filter(() => chance() < 0.75)
    return toml(Object.assign({}, ...parts.map((make) => make(chance))) as PlainTable)
  }
  const delivered = Array.from({ length: 1 + whole(chance, 3) }, layer)
  const system = layer()
  return chance() < 0.25 ? { delivered, system, legacy: legacy(chance) } : { delivered, system }
}

function legacy(chance: Chance): string {
  const keys = {
    approval_policy: ['on-request', 'never'],
    sandbox_mode: ['read-only', 'workspace-write', 'danger-full-access'],
    approvals_reviewer: ['user', 'auto_review'],
  }
  const lines = Object.entries(keys).filter(() => chance() < 0.6)
  return toml(Object.fromEntries(lines.map(([name, values]) => [name, pick(chance, values)])))
}

type Topic = (chance: Chance) => PlainTable

/** Keys whose values hang together across keys; every other key of the table is a topic by itself. */
const TOGETHER = new Set([
  'default_permissions',
  'allowed_permission_profiles',
  'permissions',
  'model_provider',
  'model_providers',
  // Refused, or needs a file that is there.
  'config_server',
  'model_catalog_json',
  // Names its own values, below.
  'allowed_sandbox_modes',
  'remote_sandbox_config',
  'cli_auth_credentials_store',
  'allowed_login_methods',
  'allowed_chatgpt_workspaces',
  'chatgpt_base_url',
])

const modes: Topic = (chance) => ({
  allowed_sandbox_modes: [
    ...(chance() < 0.95 ? ['read-only'] : []),
    ...['workspace-write', 'danger-full-access'].filter(() => chance() < 0.5),
  ],
})

const remote: Topic = (chance) => ({
  remote_sandbox_config: [
    { hostname_patterns: [pick(chance, ['nowhere-*', '*', '?*'])], ...modes(chance) },
  ],
  ...(chance() < 0.5 ? modes(chance) : {}),
})

const profiles: Topic = (chance) => ({
  default_permissions: pick(chance, [':workspace', ':read-only', 'p']),
  allowed_permission_profiles: {
    ':workspace': chance() < 0.8,
    ':read-only': chance() < 0.8,
    ...(chance() < 0.7 ? { p: true } : {}),
  },
  permissions: {
    p: {
      extends: pick(chance, [':workspace', ':read-only']),
      ...(chance() < 0.5 ? { filesystem: { '/srv/a': pick(chance, ['read', 'deny']) } } : {}),
      ...(chance() < 0.3 ? { filesystem: { '/srv/a': { b: 'deny' } } } : {}),
      ...(chance() < 0.3 ? { network: { enabled: chance() < 0.5 } } : {}),
    },
  },
})

const denied: Topic = (chance) => ({
  permissions: {
    filesystem: {
      deny_read: some(chance, ['/srv/a', '/srv/b', '~/c', ...(chance() < 0.05 ? ['~'] : [])]),
    },
  },
})

const sharedNetwork: Topic = (chance) => ({
  permissions: { network: { enabled: chance() < 0.5, domains: { 'a.example': 'allow' } } },
})

const providers: Topic = (chance) => ({
  ...(chance() < 0.4 ? { model_provider: pick(chance, ['a', 'b', 'openai']) } : {}),
  model_providers: {
    [pick(chance, ['a', 'b'])]: {
      ...(chance() < 0.8 ? { name: pick(chance, ['A', 'B']) } : {}),
      base_url: pick(chance, ['https://a.example', 'https://b.example']),
      ...(chance() < 0.3 ? { http_headers: { [pick(chance, ['x', 'y'])]: '1' } } : {}),
      ...(chance() < 0.1 ? { auth: { command: 'token' } } : {}),
      ...(chance() < 0.1 ? { env_key: 'KEY' } : {}),
    },
  },
})

const ofTheMachine: Topic = (chance) => ({
  allowed_login_methods: some(chance, ['chatgpt', 'api']),
  chatgpt_base_url: pick(chance, ['https://a.example/backend-api', 'https://b.example']),
  cli_auth_credentials_store: pick(chance, ['file', 'auto']),
})

const unknown: Topic = (chance) => ({
  zzz: pick<Plain>(chance, [1, 'x', { a: true }]),
  windows: { zzz: chance() < 0.5 },
})

const TOPICS: readonly Topic[] = [
  modes,
  remote,
  profiles,
  denied,
  sharedNetwork,
  providers,
  ofTheMachine,
  unknown,
  ...POLICY.keys.filter(({ name }) => !TOGETHER.has(name)).map(ofKey),
]

function ofKey(key: Key): Topic {
  return (chance) => {
    const name = pick(chance, [key.name, key.name, ...(key.aliases ?? [])])
    return { [name]: valueOf(key.shape, [key.name], chance) }
  }
}

function valueOf(shape: Shape, path: readonly string[], chance: Chance): Plain {
  const fixed = VALUES[path.at(-1) ?? '']
  if (shape.kind === 'string') return pick(chance, fixed ?? ['a', 'b', 'c'])
  if (shape.kind === 'boolean') return chance() < 0.5
  if (shape.kind === 'integer') return shape.min + whole(chance, 3)
  if (shape.kind === 'enum') return pick(chance, shape.values).value
  if (shape.kind === 'list') {
    const least = shape.nonEmpty === true && chance() < 0.97 ? 1 : 0
    return Array.from({ length: least + whole(chance, 3) }, () => valueOf(shape.of, path, chance))
  }
  if (shape.kind === 'either') return valueOf(pick(chance, shape.options), path, chance)
  if (shape.kind === 'variant') {
    const [name, inside] = pick(chance, Object.entries(shape.variants))
    return { [name]: tableOf(inside, path, chance) }
  }
  if (shape.kind === 'tagged') {
    const [tag, inside] = pick(chance, Object.entries(shape.cases))
    return { ...tableOf(inside, path, chance), [shape.tag]: tag }
  }
  if (shape.kind === 'table') return tableOf(shape, path, chance)
  return {}
}

function tableOf(shape: TableShape, path: readonly string[], chance: Chance): PlainTable {
  const entries = shape.keys
    .filter((key) => key.delivered === 'honoured' && (key.required === true || chance() < 0.5))
    .filter(({ name }) => !LEFT_OUT.has(name))
    .map((key) => [key.name, valueOf(key.shape, [...path, key.name], chance)] as const)
  const names = shape.rest === undefined ? [] : (NAMES[path.at(-1) ?? ''] ?? ['a', 'b', 'c'])
  const { rest } = shape
  const more =
    rest === undefined
      ? []
      : some(chance, names).map((name) => [name, valueOf(rest, [...path, name], chance)] as const)
  return Object.fromEntries([...more, ...entries])
}

/** Stand beside their newer forms only to be refused, which one case in the list by hand shows. */
const LEFT_OUT = new Set(['allowed_domains', 'denied_domains', 'allow_unix_sockets'])

/** Texts that must be of a certain form. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  managed_dir: ['/opt/hooks', '/opt/hooks', '/opt/hooks/', '/opt/./hooks', '/opt/other'],
  windows_managed_dir: ['C:\\a', 'C:\\b'],
  default_project_parent: ['/srv/a', '/srv/b'],
  projectless_workspace_root: ['/srv/a', '/srv/b'],
  // No relative path: delivered it counts from CODEX_HOME, in the file on the machine from /etc/codex.
  log_dir: ['/srv/a', '~/b'],
  sqlite_home: ['/srv/a', '~/b'],
  'ca-certificate': ['/srv/a'],
  'client-certificate': ['/srv/b'],
  'client-private-key': ['/srv/c'],
  endpoint: ['https://a.example', 'https://b.example'],
  url: ['https://a.example', 'https://b.example'],
  matcher: ['a', '.*'],
  model_reasoning_effort: ['low', 'high'],
  review_domains: ['a.example', 'b.example'],
  host: ['a.example'],
  any_of: ['a', 'b', 'c', 'd'],
}

/** Names that an admin chooses. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  domains: ['a.example', '*.b.example', '**.c.example'],
  unix_sockets: ['/run/a', '/run/b'],
  origins: ['https://a.example', 'https://b.example'],
  features: ['apps', 'hooks', 'memories', 'nothing_like_it'],
}

function some<T>(chance: Chance, of: readonly T[]): readonly T[] {
  return of.filter(() => chance() < 0.6)
}

function pick<T>(chance: Chance, of: readonly T[]): T {
  const one = of[whole(chance, of.length)]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}

function whole(chance: Chance, below: number): number {
  return Math.floor(chance() * below)
}

/** A document as TOML, each top-level key on a line. */
export function toml(document: PlainTable): string {
  return Object.entries(document)
    .map(
      ([key, value]) =>
        `${writeKey(key)} = ${writeValue(value, { newline: '\n', lines: false })}\n`,
    )
    .join('')
}
