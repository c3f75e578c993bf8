import { entriesOf, entryOf, isBlank, isTrue, nodeAt, textOf, type Entry } from './tree.ts'

/** Complains about one key of a definition, or about the definition when there is no such key. */
export type Refuse = (at: Entry | undefined, message: string, remedy: string) => void

/** `gateway_oauth` of a provider: one source of the token, addresses that are safe, a header nobody else sets. */
export function checkGateway(provider: Entry, refuse: Refuse): void {
  const gateway = entryOf(provider.value, 'gateway_oauth')
  if (gateway?.value.kind !== 'table') return
  const complain = (message: string, remedy: string): void => refuse(gateway, message, remedy)
  if (!hasOneSource(gateway))
    complain(
      'The gateway needs one source of its token.',
      'Write credential_export, or authorization_url, token_url and client_id.',
    )
  const base = entryOf(provider.value, 'base_url')
  if (base === undefined)
    complain('gateway_oauth needs base_url.', 'Add the base_url of the provider.')
  else if (!isSafe(textOf(base.value)))
    refuse(base, 'base_url is not an address a token may be sent to.', SAFE)
  for (const name of ['authorization_url', 'device_authorization_url', 'token_url']) {
    const url = nodeAt(gateway.value, name)
    if (url !== undefined && !isSafe(textOf(url)))
      complain(`${name} is not an address to sign in at.`, SAFE)
  }
  filled(gateway, complain)
  deliver(provider, gateway, complain)
}

type Complain = (message: string, remedy: string) => void

const SAFE =
  'Write an https address without a user and without a # part; http only for this machine.'

const OAUTH = [
  'authorization_url',
  'device_authorization_url',
  'token_url',
  'client_id',
  'resource',
  'scopes',
  'redirect_port',
  'credentials_store',
]

function hasOneSource(gateway: Entry): boolean {
  const has = (name: string): boolean => entryOf(gateway.value, name) !== undefined
  if (has('credential_export')) return !OAUTH.some(has)
  return ['authorization_url', 'token_url', 'client_id'].every(has)
}

/** https, or http on loopback; no user, no fragment (each measured). */
function isSafe(url: string | undefined): boolean {
  if (url === undefined) return true
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || parsed.username + parsed.password + parsed.hash !== '') return false
  if (url.includes('#')) return false
  const here = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(parsed.hostname)
  return parsed.protocol === 'https:' || (parsed.protocol === 'http:' && here)
}

function filled(gateway: Entry, complain: Complain): void {
  const client = textOf(nodeAt(gateway.value, 'client_id'))
  const port = nodeAt(gateway.value, 'redirect_port')
  if ((client !== undefined && isBlank(client)) || (port?.kind === 'integer' && port.value === 0))
    complain(
      'client_id must not be blank and redirect_port must not be 0.',
      'Write the values that the gateway expects.',
    )
  const command = textOf(nodeAt(gateway.value, 'credential_export', 'command'))
  if (command !== undefined && isBlank(command))
    complain('credential_export.command must not be blank.', 'Write the program.')
}

// A token of RFC 9110; measured with letters, digits, spaces and accents.
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

function deliver(provider: Entry, gateway: Entry, complain: Complain): void {
  const how = nodeAt(gateway.value, 'delivery')
  const cookie = textOf(nodeAt(how ?? gateway.value, 'kind')) === 'cookie'
  const name = how === undefined ? 'Authorization' : textOf(nodeAt(how, 'name'))
  const scheme = how === undefined ? undefined : textOf(nodeAt(how, 'scheme'))
  if (name === undefined) return
  if (!TOKEN.test(name) || (scheme !== undefined && !TOKEN.test(scheme)))
    complain(
      'delivery does not name a header or cookie.',
      'Write a name such as X-Gateway-Auth, and a scheme of one word.',
    )
  else if (!cookie && ['host', 'cookie'].includes(name.toLowerCase()))
    complain(`The token cannot be sent as ${name}.`, 'Choose a header of your own, or a cookie.')
  const header = cookie ? 'cookie' : name.toLowerCase()
  const set = ['http_headers', 'env_http_headers'].flatMap((table) =>
    entriesOf(nodeAt(provider.value, table)).map((entry) => entry.key.toLowerCase()),
  )
  const credential =
    ['env_key', 'experimental_bearer_token', 'auth'].some(
      (key) => entryOf(provider.value, key) !== undefined,
    ) || isTrue(nodeAt(provider.value, 'requires_openai_auth'))
  if (set.includes(header) || (header === 'authorization' && credential))
    complain(
      `The provider sets the header ${header} too.`,
      'Choose another header or a cookie in delivery.',
    )
}
