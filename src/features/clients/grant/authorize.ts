import { oauthText } from '#kernel/oauth-text.ts'
import { isChallenge } from './pkce.ts'
import {
  isRedirectOf,
  oauthClientOf,
  resourceOf,
  scopeFor,
  type OAuthClient,
} from './oauth-clients.ts'

/** A request to `/oauth/authorize` that may be put to a person. */
export interface Asked {
  readonly client: OAuthClient
  readonly redirectUri: string
  readonly state: string | null
  readonly codeChallenge: string
  readonly scope: string
  readonly resource: string
  readonly nonce: string | null
}

export type Reading =
  | { readonly kind: 'good'; readonly asked: Asked }
  /** Nobody is sent anywhere: who asks is not known, or not where the answer goes (RFC 6749, section 4.1.2.1). */
  | { readonly kind: 'page'; readonly message: string }
  | { readonly kind: 'redirect'; readonly redirectTo: string }

interface Fault {
  readonly error: string
  readonly description: string
}

/** What is asked, with the client and its redirect address already known to be good. */
interface Query {
  readonly client: OAuthClient
  readonly one: (name: string) => string | undefined
  readonly names: readonly string[]
  readonly publicUrl: string
}
type Check = (query: Query) => Fault | undefined

/** Long enough for anything that was seen; what is kept for a stranger must have a bound. */
const longest = 1000

const invalid = (description: string): Fault => ({ error: 'invalid_request', description })

/** RFC 6749, section 3.1: a parameter comes at most once. */
const eachOnce: Check = ({ names }) => {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  return twice === undefined ? undefined : invalid(`The parameter ${twice} comes twice.`)
}

/** RFC 6749, section 3.1.1. */
const asksForCode: Check = ({ one }) => {
  const type = one('response_type')
  if (type === undefined) return invalid('The parameter response_type is missing.')
  if (type === 'code') return undefined
  return { error: 'unsupported_response_type', description: 'Only response_type=code is served.' }
}

/** OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1: a code goes into the query. */
const answersInQuery: Check = ({ one }) =>
  (one('response_mode') ?? 'query') === 'query'
    ? undefined
    : invalid('Only response_mode=query is served.')

/** RFC 9101, section 6: what is not read must not be ignored. */
const noRequestObject: Check = ({ one }) => {
  if (one('request') !== undefined)
    return { error: 'request_not_supported', description: 'Send the parameters themselves.' }
  if (one('request_uri') !== undefined)
    return { error: 'request_uri_not_supported', description: 'Send the parameters themselves.' }
  return undefined
}

/** RFC 7636, sections 4.3 and 4.4.1; without it a code that somebody overheard would be worth a sign-in. */
const provesItself: Check = ({ one }) => {
  const challenge = one('code_challenge')
  if (challenge === undefined) return invalid('The parameter code_challenge is missing (PKCE).')
  if (one('code_challenge_method') !== 'S256')
    return invalid('Only code_challenge_method=S256 is served.')
  return isChallenge(challenge)
    ? undefined
    : invalid('The code_challenge is not the base64url of a SHA-256: 43 characters.')
}

/** RFC 6749, section 3.3. */
const scopeIsKnown: Check = ({ client, one }) =>
  scopeFor(client, one('scope')) === undefined
    ? {
        error: 'invalid_scope',
        description: `This client may ask for: ${client.scopes.join(' ')}.`,
      }
    : undefined

/** RFC 8707, section 2. */
const resourceIsOurs: Check = ({ client, one, publicUrl }) => {
  const ours = resourceOf(client, publicUrl)
  return (one('resource') ?? ours) === ours
    ? undefined
    : { error: 'invalid_target', description: `The resource of this client is ${ours}.` }
}

/** OpenID Connect Core, section 3.1.2.1: a person always agrees, so nothing is answered without her. */
const mayAsk: Check = ({ one }) =>
  (one('prompt') ?? '').split(' ').includes('none')
    ? {
        error: 'login_required',
        description: 'A person has to agree; prompt=none cannot be served.',
      }
    : undefined

const isShort: Check = ({ one }) => {
  const long = ['state', 'nonce'].find((name) => (one(name)?.length ?? 0) > longest)
  return long === undefined
    ? undefined
    : invalid(`The parameter ${long} has more than ${longest} characters.`)
}

/** Beside a broken escape (`%00%ff`) the look at every query does not see it, and PostgreSQL takes no text with it. */
const isText: Check = ({ one }) => {
  const broken = ['state', 'nonce'].find((name) => one(name)?.includes('\0'))
  return broken === undefined ? undefined : invalid(`The parameter ${broken} contains U+0000.`)
}

const checks: readonly Check[] = [
  eachOnce,
  asksForCode,
  answersInQuery,
  noRequestObject,
  provesItself,
  scopeIsKnown,
  resourceIsOurs,
  mayAsk,
  isShort,
  isText,
]

/** Reads the query of an authorization request. Pure. */
export function readAuthorization(query: URLSearchParams, publicUrl: string): Reading {
  // A parameter without a value counts as left out (RFC 6749, section 3.1).
  const one = (name: string): string | undefined => query.get(name) || undefined
  const twice = ['client_id', 'redirect_uri'].find((name) => query.getAll(name).length > 1)
  if (twice !== undefined)
    return { kind: 'page', message: `The parameter ${twice} comes twice in this address.` }
  const client = oauthClientOf(one('client_id'))
  if (!client)
    return {
      kind: 'page',
      message: `No program with the client_id ${JSON.stringify(one('client_id') ?? '')} signs in here.`,
    }
  const redirectUri = one('redirect_uri')
  if (redirectUri === undefined || !isRedirectOf(client, redirectUri))
    return {
      kind: 'page',
      message: `The redirect_uri is not one of this program: it must be http://127.0.0.1, any port, and the path ${client.redirectPath}.`,
    }
  const names = [...query.keys()]
  // One that comes twice cannot be given back.
  const state = query.getAll('state').length > 1 ? null : (one('state') ?? null)
  const to = { redirectUri, state, issuer: publicUrl }
  for (const check of checks) {
    const fault = check({ client, one, names, publicUrl })
    if (fault)
      return {
        kind: 'redirect',
        redirectTo: answerAddress(to, {
          error: fault.error,
          error_description: oauthText(fault.description),
        }),
      }
  }
  return {
    kind: 'good',
    asked: {
      client,
      redirectUri,
      state,
      codeChallenge: one('code_challenge') ?? '',
      scope: scopeFor(client, one('scope')) ?? '',
      resource: resourceOf(client, publicUrl),
      nonce: one('nonce') ?? null,
    },
  }
}

/** The redirect address with an answer: `state` as it came, and `iss` against mix-up (RFC 9207, section 2). */
export function answerAddress(
  to: { readonly redirectUri: string; readonly state: string | null; readonly issuer: string },
  answer: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams(answer)
  if (to.state !== null) query.set('state', to.state)
  query.set('iss', to.issuer)
  return `${to.redirectUri}?${query.toString()}`
}
