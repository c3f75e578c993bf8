import { nearest } from './nearest.ts'
import { checkGateway, type Refuse } from './providers.gateway.ts'
import { REFUSES, replace, type Report } from './report.ts'
import {
  entriesOf,
  entryOf,
  isBlank,
  isTrue,
  nodeAt,
  textOf,
  type Entry,
  type Node,
  type Path,
  type TableNode,
} from './tree.ts'

/** Providers the client 0.169 brings along, and what a policy may change in each (each key measured). */
const BUILT_IN: ReadonlyMap<string, readonly string[]> = new Map([
  ['openai', ['model_catalog_url']],
  ['ollama', []],
  ['lmstudio', []],
  ['amazon-bedrock', ['base_url', 'auth', 'http_headers', 'aws']],
  ['amazon-bedrock-runtime', ['base_url', 'auth', 'http_headers', 'aws']],
  ['gcp', ['base_url', 'auth', 'http_headers', 'project_id', 'location', 'credential_file']],
])

/**
 * The provider that is required, and the definitions of providers.
 * @param elsewhere providers that another document defines.
 */
export function checkProviders(
  root: TableNode,
  report: Report,
  elsewhere: readonly string[] = [],
): void {
  required(root, elsewhere, report)
  for (const entry of entriesOf(nodeAt(root, 'model_providers'))) definition(entry, report)
}

function required(root: TableNode, elsewhere: readonly string[], report: Report): void {
  const entry = entryOf(root, 'model_provider')
  const id = textOf(entry?.value)
  if (entry === undefined || id === undefined) return
  const known = [
    ...BUILT_IN.keys(),
    ...entriesOf(nodeAt(root, 'model_providers')).map((e) => e.key),
    ...elsewhere,
  ]
  if (known.includes(id)) return
  const meant = nearest(id, known)
  report.error({
    code: 'provider_unknown',
    span: entry.value.span,
    path: ['model_provider'],
    message: `There is no model provider "${id}" in this policy, and none is built in.`,
    effect: 'Codex 0.169 refuses to start where nothing else defines that provider.',
    remedy: `Define it under model_providers, or name one of: ${known.join(', ')}.`,
    fix:
      meant === undefined
        ? undefined
        : replace(`Change to "${meant}"`, entry.value.span, JSON.stringify(meant)),
  })
}

function definition(entry: Entry, report: Report): void {
  const path: Path = ['model_providers', entry.key]
  const refuse: Refuse = (at, message, remedy) =>
    report.error({
      code: 'provider_invalid',
      span: at?.value.span ?? entry.keySpan,
      path: at === undefined ? path : [...path, at.key],
      message,
      effect: REFUSES,
      remedy,
    })
  const changeable = BUILT_IN.get(entry.key)
  if (changeable !== undefined) builtIn(entry, changeable, refuse, report)
  else {
    const name = entryOf(entry.value, 'name')
    if (name === undefined || blank(name.value))
      refuse(name, 'A model provider needs a name.', 'Add name = "…": what people are shown.')
    const aws = entryOf(entry.value, 'aws')
    if (aws !== undefined)
      refuse(aws, 'aws only belongs to the built-in Amazon providers.', 'Take it out.')
  }
  amazon(entry, refuse)
  credentials(entry, refuse)
  checkGateway(entry, refuse)
}

/** What is as it is by itself may be written: the client compares values (measured). */
function builtIn(
  provider: Entry,
  changeable: readonly string[],
  refuse: Refuse,
  report: Report,
): void {
  const path: Path = ['model_providers', provider.key]
  if (provider.key === 'ollama' || provider.key === 'lmstudio') {
    report.error({
      code: 'provider_reserved',
      span: provider.keySpan,
      path,
      message: `${provider.key} is built in and cannot be defined again.`,
      effect: REFUSES,
      remedy: 'Give your provider another id, and name that one in model_provider.',
    })
    return
  }
  for (const entry of entriesOf(provider.value)) {
    if (!PLAIN.has(entry.key) || changeable.includes(entry.key) || isDefault(entry)) continue
    report.error({
      code: 'provider_reserved',
      span: entry.keySpan,
      path: [...path, entry.key],
      message: `${provider.key} is built in, and ${entry.key} cannot be changed in it.`,
      effect: REFUSES,
      remedy: `Change ${changeable.join(', ')} only, or give your provider an id of its own.`,
    })
  }
  const catalog = entryOf(provider.value, 'model_catalog_url')
  const url = textOf(catalog?.value)
  if (provider.key === 'openai' && url !== undefined && !ofChatGpt(url))
    refuse(
      catalog,
      'The list of models of openai can only come from the vendor.',
      'Write an https address of chatgpt.com, or define a provider of your own.',
    )
}

/** Every key of a definition that the client reads. */
const PLAIN: ReadonlySet<string> = new Set(
  `name base_url model_catalog_url env_key env_key_instructions experimental_bearer_token auth gateway_oauth aws
  project_id location credential_file wire_api capabilities query_params http_headers env_http_headers request_max_retries
  stream_max_retries stream_idle_timeout_ms websocket_connect_timeout_ms requires_openai_auth supports_websockets
  supports_standalone_web_search`.split(/\s+/),
)

function isDefault({ key, value }: Entry): boolean {
  if (value.kind === 'boolean') return value.value === false
  if (key === 'name') return textOf(value) === ''
  return key === 'wire_api'
}

/** Measured: chatgpt.com, chat.openai.com and chatgpt-staging.com, with what lies below the first, by https only. */
function ofChatGpt(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return (
    parsed?.protocol === 'https:' &&
    /^(?:(?:.+\.)?chatgpt\.com|(?:.+\.)?chatgpt-staging\.com|chat\.openai\.com)$/.test(
      parsed.hostname,
    )
  )
}

function amazon(provider: Entry, refuse: Refuse): void {
  const aws = entryOf(provider.value, 'aws')
  if (aws === undefined) return
  if (entryOf(provider.value, 'auth') !== undefined)
    refuse(aws, 'aws and auth cannot stand together.', 'Keep one of them.')
  const exported = nodeAt(aws.value, 'credential_export')
  if (exported !== undefined && nodeAt(aws.value, 'profile') !== undefined)
    refuse(aws, 'aws.credential_export and aws.profile exclude each other.', 'Keep one of them.')
  if (blank(nodeAt(aws.value, 'credential_export', 'command')))
    refuse(aws, 'aws.credential_export.command must not be blank.', 'Write the program.')
  const refresh = textOf(nodeAt(aws.value, 'auth_refresh', 'command'))
  if (refresh !== undefined && refresh !== 'aws')
    refuse(aws, 'aws.auth_refresh.command must be "aws".', 'Write command = "aws" and args.')
}

function credentials(provider: Entry, refuse: Refuse): void {
  const auth = entryOf(provider.value, 'auth')
  if (auth === undefined) return
  for (const other of ['env_key', 'experimental_bearer_token', 'requires_openai_auth']) {
    const clash = entryOf(provider.value, other)
    if (clash !== undefined && (textOf(clash.value) !== undefined || isTrue(clash.value)))
      refuse(clash, `${other} and auth cannot stand together.`, 'Keep one of them.')
  }
  if (blank(nodeAt(auth.value, 'command')))
    refuse(auth, 'auth.command must not be blank.', 'Write the command that prints a token.')
}

function blank(node: Node | undefined): boolean {
  const text = textOf(node)
  return text !== undefined && isBlank(text)
}
