import type { Json } from './readback.json.ts'
import { placeOf, type Machine } from './readback.places.ts'
import type { Plain, PlainTable } from './tree.ts'

/** Keys of a definition that are printed as they are, null where they are not set. */
const PLAIN = [
  'base_url',
  'model_catalog_url',
  'env_key',
  'env_key_instructions',
  'experimental_bearer_token',
  'project_id',
  'location',
  'credential_file',
  'query_params',
  'http_headers',
  'env_http_headers',
  'request_max_retries',
  'stream_max_retries',
  'stream_idle_timeout_ms',
  'websocket_connect_timeout_ms',
]

const FLAGS = ['requires_openai_auth', 'supports_websockets', 'supports_standalone_web_search']

/** The definitions of model providers, with what the client fills in. */
export function providersOf(providers: PlainTable | undefined, machine: Machine): Json {
  if (providers === undefined) return null
  return Object.fromEntries(
    Object.entries(providers).map(([id, value]) => [id, providerOf(value as PlainTable, machine)]),
  )
}

function providerOf(given: PlainTable, machine: Machine): Json {
  return {
    name: given.name ?? '',
    ...some(given, PLAIN),
    auth: auth(given.auth as PlainTable | undefined, machine),
    gateway_oauth: gateway(given.gateway_oauth as PlainTable | undefined),
    aws: aws(given.aws as PlainTable | undefined),
    wire_api: 'responses',
    capabilities: optional(given.capabilities, (value) =>
      some(value, ['cyber_access_programs', 'external_web_access', 'remote_compaction']),
    ),
    ...Object.fromEntries(FLAGS.map((name) => [name, given[name] === true])),
  }
}

function some(given: PlainTable, names: readonly string[]): Readonly<Record<string, Json>> {
  return Object.fromEntries(names.map((name) => [name, (given[name] ?? null) as Json]))
}

function optional(value: Plain | undefined, print: (value: PlainTable) => Json): Json {
  return value === undefined ? null : print(value as PlainTable)
}

function auth(given: PlainTable | undefined, machine: Machine): Json {
  if (given === undefined) return null
  return {
    command: given.command,
    args: given.args ?? [],
    timeout_ms: given.timeout_ms ?? 5000,
    refresh_interval_ms: given.refresh_interval_ms ?? 300_000,
    cwd: placeOf((given.cwd as string | undefined) ?? '', machine, machine.cwd),
  } as Json
}

function program(given: PlainTable, milliseconds: number): Json {
  return {
    command: given.command,
    args: given.args ?? [],
    timeout_ms: given.timeout_ms ?? milliseconds,
  } as Json
}

function aws(given: PlainTable | undefined): Json {
  if (given === undefined) return null
  return {
    ...some(given, ['profile', 'region']),
    credential_export: optional(given.credential_export, (value) => program(value, 30_000)),
    auth_refresh: optional(given.auth_refresh, (value) => program(value, 300_000)),
  }
}

function gateway(given: PlainTable | undefined): Json {
  if (given === undefined) return null
  const how = (given.delivery ?? { kind: 'header', name: 'Authorization' }) as PlainTable
  const delivery = how.kind === 'header' ? { scheme: 'Bearer', ...how } : how
  if (given.credential_export !== undefined)
    return {
      credential_export: program(given.credential_export as PlainTable, 30_000),
      delivery: delivery as Json,
    }
  const { device_authorization_url: device, credentials_store: store } = given
  return {
    ...some(given, ['authorization_url', 'token_url', 'client_id', 'resource', 'redirect_port']),
    scopes: (given.scopes ?? []) as Json,
    // Left out where they are not set, or are what the client does anyway.
    ...(device === undefined ? {} : { device_authorization_url: device as Json }),
    ...(store === undefined || store === 'keyring' ? {} : { credentials_store: store as Json }),
    delivery: delivery as Json,
  }
}
