import type { Json, JsonTable } from './readback.json.ts'
import { networkOf } from './readback.network.ts'
import { hooksOf } from './readback.hooks.ts'
import { providersOf } from './readback.providers.ts'
import { fileUrl, placeOf, type Machine } from './readback.places.ts'
import { SURFACES } from './schema.surfaces.ts'
import { LIMITS } from './schema.limits.ts'
import type { Key, Shape } from './shape.ts'
import type { Plain, PlainTable } from './tree.ts'

export type { Json, JsonTable } from './readback.json.ts'
export type { Machine } from './readback.places.ts'

/**
 * What `configRequirements/read` of the client 0.169 answers when this policy, one the client accepts, is the only one
 * delivered: the fields that are not null. Command rules, MCP servers, plugins, marketplaces, apps and
 * profiles are in force without being printed.
 */
export function readBack(document: PlainTable, machine: Machine): JsonTable {
  const plain = (name: string): Json => document[name] ?? null
  const fields: Record<string, Json> = {
    // Not a field a delivered policy can set: sign-in methods are decided by the machine's own file.
    allowedLoginMethods: ['api', 'chatgpt'],
    modelProvider: plain('model_provider'),
    modelProviders: providersOf(table(document.model_providers), machine),
    additionalDeveloperInstructions: plain('additional_developer_instructions'),
    allowedApprovalPolicies: each(document.allowed_approval_policies, approval),
    allowedApprovalsReviewers: each(document.allowed_approvals_reviewers, reviewer),
    allowedSandboxModes: sandboxModes(document, machine),
    allowedWindowsSandboxImplementations:
      table(document.windows)?.allowed_sandbox_implementations ?? null,
    allowedPermissionProfiles: plain('allowed_permission_profiles'),
    defaultPermissions: plain('default_permissions'),
    allowedWebSearchModes: searchModes(document.allowed_web_search_modes),
    allowManagedHooksOnly: plain('allow_managed_hooks_only'),
    allowBrowserAndComputerUse: plain('allow_browser_and_computer_use'),
    allowAppshots: plain('allow_appshots'),
    allowRemoteControl: plain('allow_remote_control'),
    featureRequirements: document.features ?? document.feature_requirements ?? null,
    hooks: hooksOf(table(document.hooks)),
    enforceResidency: plain('enforce_residency'),
    network: networkOf(document),
    application: application(table(document.application), machine),
    autoReview: autoReview(table(document.auto_review)),
    sqliteHome: folder(document.sqlite_home, machine),
    logDir: folder(document.log_dir, machine),
    modelCatalogJson: folder(document.model_catalog_json, machine),
    checkForUpdateOnStartup: plain('check_for_update_on_startup'),
    allowLoginShell: plain('allow_login_shell'),
    otel: otel(table(document.otel), machine),
  }
  for (const [field, name] of WHOLE) fields[field] = wholeTable(document[name], name)
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

/** Tables that are printed as they are, every key of the schema table there, in the client's spelling. */
const WHOLE = [
  ['computerUse', 'computer_use'],
  ['browserUse', 'browser_use'],
  ['inAppBrowser', 'in_app_browser'],
  ['feedback', 'feedback'],
  ['models', 'models'],
] as const

const KEYS: ReadonlyMap<string, Key> = new Map([...SURFACES, ...LIMITS].map((k) => [k.name, k]))

function wholeTable(value: Plain | undefined, name: string): Json {
  const key = KEYS.get(name)
  return value === undefined || key === undefined ? null : printed(value, key.shape)
}

/** The value with every key its shape knows, null where it is not set, and without those it does not know. */
function printed(value: Plain, shape: Shape): Json {
  if (shape.kind === 'list') return (value as readonly Plain[]).map((v) => printed(v, shape.of))
  const { rest } = shape.kind === 'table' ? shape : { rest: undefined }
  const given = table(value)
  if (shape.kind !== 'table' || given === undefined) return value
  if (rest !== undefined)
    return Object.fromEntries(Object.entries(given).map(([k, v]) => [k, printed(v, rest)]))
  return Object.fromEntries(
    shape.keys.map(({ name, shape: inner }) => {
      const there = given[name]
      return [camel(name), there === undefined ? null : printed(there, inner)]
    }),
  )
}

const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())

function table(value: Plain | undefined): PlainTable | undefined {
  return typeof value === 'object' && !Array.isArray(value) ? (value as PlainTable) : undefined
}

function each(value: Plain | undefined, print: (item: Plain) => Json): Json {
  return Array.isArray(value) ? (value as readonly Plain[]).map(print) : null
}

function approval(value: Plain): Json {
  const granular = table(table(value)?.granular)
  if (granular === undefined) return value === 'on-failure' ? 'on-request' : value
  return {
    granular: {
      sandbox_approval: granular.sandbox_approval === true,
      rules: granular.rules === true,
      skill_approval: granular.skill_approval === true,
      request_permissions: granular.request_permissions === true,
      mcp_elicitations: granular.mcp_elicitations === true,
    },
  }
}

const reviewer = (value: Plain): Json => (value === 'guardian_subagent' ? 'auto_review' : value)

/** The modes of the first block whose host name matches, else those of the policy. */
function sandboxModes(document: PlainTable, machine: Machine): Json {
  const here = remoteBlockOf(document, machine.host)
  const modes = here?.allowed_sandbox_modes ?? document.allowed_sandbox_modes
  if (modes === undefined) return null
  return (modes as readonly string[]).filter((mode) => mode !== 'external-sandbox')
}

/** The block of `remote_sandbox_config` that decides on a machine of this name. */
export function remoteBlockOf(document: PlainTable, host: string): PlainTable | undefined {
  const blocks = (document.remote_sandbox_config ?? []) as readonly PlainTable[]
  return blocks.find(({ hostname_patterns: patterns }) =>
    (patterns as readonly string[]).some((pattern) => matchesHost(pattern, host)),
  )
}

/** `*` any run, `?` one character; letters of either case; a dot at the end does not count. */
function matchesHost(pattern: string, host: string): boolean {
  const plain = (name: string): string => name.trim().replace(/\.+$/, '').toLowerCase()
  const escaped = plain(pattern).replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(
    plain(host),
  )
}

function searchModes(value: Plain | undefined): Json {
  if (value === undefined) return null
  const modes = value as readonly string[]
  return modes.includes('disabled') ? modes : [...modes, 'disabled']
}

function autoReview(value: PlainTable | undefined): Json {
  if (value === undefined || Object.keys(value).length === 0) return null
  const rules = (value.ignore_rules ?? null) as Json
  // Models are a set, and an empty one takes the whole table away; rules are a list as it is.
  const models = [...new Set((value.required_on_models ?? []) as readonly string[])]
  if (value.required_on_models !== undefined && models.length === 0 && rules === null) return null
  return { requiredOnModels: models.length === 0 ? null : models, ignoreRules: rules }
}

function folder(value: Plain | undefined, machine: Machine): Json {
  return typeof value === 'string' ? fileUrl(placeOf(value, machine, machine.codexHome)) : null
}

function application(value: PlainTable | undefined, machine: Machine): Json {
  if (value === undefined) return null
  const network = table(value.network)
  const storage = table(value.storage)
  const place = (path: Plain | undefined): Json =>
    typeof path === 'string' ? placeOf(path, machine, machine.codexHome) : null
  return {
    network:
      network === undefined
        ? null
        : {
            enabled: network.enabled ?? true,
            domains: Object.fromEntries(
              Object.entries(table(network.domains) ?? {}).map(([domain, access]) => [
                domain.toLowerCase().replace(/\.$/, ''),
                access as Json,
              ]),
            ),
          },
    storage:
      storage === undefined
        ? null
        : {
            defaultProjectParent: place(storage.default_project_parent),
            projectlessWorkspaceRoot: place(storage.projectless_workspace_root),
          },
  }
}

const OTEL = [
  'log_sse_deltas',
  'log_user_prompt',
  'log_agent_responses',
  'log_guardian_assessments',
  'environment',
  'span_attributes',
  'tracestate',
]

function otel(given: PlainTable | undefined, machine: Machine): Json {
  if (given === undefined) return null
  // Empty tables of these two are dropped, at any depth; the rest is taken as it is.
  const value: Readonly<Record<string, Plain | undefined>> = {
    ...given,
    span_attributes: pruned(given.span_attributes),
    tracestate: pruned(given.tracestate),
  }
  if (Object.values(value).every((part) => part === undefined)) return null
  const result = table(value.tool_result)
  return {
    ...Object.fromEntries(OTEL.map((name) => [name, (value[name] ?? null) as Json])),
    tool_result: result === undefined ? null : { max_bytes: (result.max_bytes ?? 2048) as Json },
    exporter: exporter(value.exporter, machine),
    trace_exporter: exporter(value.trace_exporter, machine),
    metrics_exporter: exporter(value.metrics_exporter, machine),
  }
}

function pruned(value: Plain | undefined): Plain | undefined {
  const given = table(value)
  if (given === undefined) return value
  const kept = Object.entries(given).flatMap(([name, inner]): [string, Plain][] => {
    const rest = pruned(inner)
    return rest === undefined ? [] : [[name, rest]]
  })
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

function exporter(value: Plain | undefined, machine: Machine): Json {
  if (value === undefined) return null
  const [kind, given] = Object.entries(table(value) ?? {})[0] ?? []
  const settings = table(given)
  if (kind === undefined || settings === undefined) return value
  const tls = table(settings.tls)
  const headers = Object.keys(table(settings.headers) ?? {})
  return {
    [kind]: {
      endpoint: settings.endpoint as Json,
      // The client shows names and hides values.
      headers: Object.fromEntries(headers.map((name) => [name, '[redacted]'])),
      ...(kind === 'otlp-http' ? { protocol: settings.protocol as Json } : {}),
      tls:
        tls === undefined
          ? null
          : Object.fromEntries(
              ['ca-certificate', 'client-certificate', 'client-private-key'].map((name) => [
                name,
                tls[name] === undefined
                  ? null
                  : placeOf(tls[name] as string, machine, machine.codexHome),
              ]),
            ),
    },
  }
}
