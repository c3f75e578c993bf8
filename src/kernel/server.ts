import type { Hono } from 'hono'
import { type Context } from 'hono'
import type { z } from 'zod'
import { appendAudit } from './audit.ts'
import type { Clock } from './clock.ts'
import type { Db } from './db.ts'
import type { Ids } from './ids.ts'
import type { Log } from './log.ts'
import { Problem, type ProblemItem } from './problem.ts'
import type { Actor, AuthKind, Call, Route } from './route.ts'

/** Finds out who calls. Undefined: no such credential is in the request. A bad credential throws a Problem. */
export type Authenticator = (request: Request, now: number) => Promise<Actor | undefined>

export interface ServerParts {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly authenticators: Readonly<Partial<Record<AuthKind, Authenticator>>>
  /** The caller's address, behind the proxies that the operator trusts. */
  readonly clientIp: (c: Context) => string
  /** How long a proof of the password counts as recent (ms). */
  readonly recentFor: number
  /** Called when a route has answered, for metrics. */
  readonly onAnswer?: (route: Route, status: number, ms: number) => void
}

const defaultLimit = 1024 * 1024

/** Answers hold names, policies and now and then a secret: no cache keeps them (RFC 9111, section 5.2.2.5). */
const noStore = { 'cache-control': 'no-store' } as const

/** Complaints about one input; a body full of wrong items must not become an answer many times its size. */
const mostComplaints = 100

/** Mounts routes on a Hono app. The order is always: who, may she, is the input good, act, is the output as promised. */
export function mountRoutes(app: Hono, routes: readonly Route[], parts: ServerParts): void {
  for (const route of routes) {
    app.on(route.method, route.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
      const started = performance.now()
      const response = await answer(route, c, parts)
      parts.onAnswer?.(route, response.status, performance.now() - started)
      return response
    })
  }
}

async function answer(route: Route, c: Context, parts: ServerParts): Promise<Response> {
  const context = contextOf(route, c, parts)
  try {
    const call = await startCall(route, c, parts, context)
    const input = {
      params: route.params && parse(route.params, withoutNul(c.req.param()), 'path'),
      query: route.query && parse(route.query, withoutNul(c.req.query()), 'query'),
      body: route.body || route.text !== undefined ? await readBody(route, c.req.raw) : undefined,
    }
    const result = await route.handle(call, input)
    if (result instanceof Response) return result
    if (route.output === null) return c.body(null, 204)
    return c.json(route.output.parse(result) as object, route.status ?? 200, noStore)
  } catch (error) {
    return errorResponse(error, route, context.requestId, context.log)
  }
}

interface RequestContext {
  readonly requestId: string
  readonly log: Log
}

/** Made only when something looks at them: an id and a logger for each bundle fetch cost more than the fetch (bench/bundle.ts). */
function contextOf(route: Route, c: Context, parts: ServerParts): RequestContext {
  let requestId: string | undefined
  let log: Log | undefined
  return {
    get requestId() {
      if (requestId !== undefined) return requestId
      const given = c.req
        .header('x-request-id')
        ?.slice(0, 64)
        .replaceAll(/[^\w.-]/g, '')
      requestId = given === undefined || given === '' ? parts.ids('req') : given
      return requestId
    },
    get log() {
      log ??= parts.log.child({ requestId: this.requestId, route: route.id })
      return log
    },
  }
}

async function startCall(
  route: Route,
  c: Context,
  parts: ServerParts,
  context: RequestContext,
): Promise<Call> {
  const now = parts.clock()
  const request = c.req.raw
  const actor = await authenticate(route, request, now, parts)
  if (route.permission !== null && !actor.permissions.has(route.permission))
    throw new Problem('forbidden', `This needs the permission ${route.permission}.`, {
      remedy: 'Ask an owner of the workspace for a role that holds it.',
    })
  if (
    route.recent === true &&
    actor.kind === 'session' &&
    now - (actor.authenticatedAt ?? 0) > parts.recentFor
  )
    throw new Problem('reauthentication_required')
  const ip = parts.clientIp(c)
  return {
    actor,
    request,
    get requestId() {
      return context.requestId
    },
    ip,
    now,
    get log() {
      return context.log
    },
    read: (work) => parts.db.read(work),
    write: (work) =>
      parts.db.tx(function* () {
        const done = { recorded: false }
        const { audit } = route
        if (audit === null) throw new Error(`${route.id} writes but names no audit action.`)
        const result = yield* work(function* (entry) {
          done.recorded = true
          yield* appendAudit({
            ...entry,
            id: parts.ids('aud'),
            at: now,
            actor: entry.actor ?? { kind: actor.kind, id: actor.id, label: actor.label },
            action: audit,
            requestId: context.requestId,
            ip,
          })
        })
        if (!done.recorded)
          throw new Error(`${route.id} changed something without an audit record.`)
        return result
      }),
  }
}

const nobody: Actor = { kind: 'public', id: '', label: 'nobody', permissions: new Set() }

async function authenticate(
  route: Route,
  request: Request,
  now: number,
  parts: ServerParts,
): Promise<Actor> {
  for (const kind of route.auth) {
    const actor = kind === 'public' ? nobody : await parts.authenticators[kind]?.(request, now)
    if (!actor) continue
    if (kind === 'session') refuseCrossSite(request)
    return actor
  }
  throw new Problem('unauthenticated', undefined, {
    remedy: route.auth.includes('session')
      ? 'Sign in in the browser, or send a service key as `Authorization: Bearer gh_key_…`.'
      : 'Send the credential that this address asks for.',
  })
}

/**
 * A cookie is sent by the browser whoever made the page, so a write with a session must come from our own pages:
 * the browser says so itself in Sec-Fetch-Site (Fetch Metadata), and no foreign page can add our header without a
 * preflight that we never answer.
 */
function refuseCrossSite(request: Request): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const site = request.headers.get('sec-fetch-site')
  const foreign = site !== null && site !== 'same-origin' && site !== 'none'
  if (foreign || request.headers.get('x-gatehouse-csrf') !== '1')
    throw new Problem('cross_site_request', undefined, {
      remedy: 'Send the header `x-gatehouse-csrf: 1` from a page of this Gatehouse.',
    })
}

export async function readBody(route: Route, request: Request): Promise<unknown> {
  if (!route.body && route.text === undefined) return undefined
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  const wanted = route.text ?? 'application/json'
  if (type !== wanted) throw new Problem('unsupported_media_type', `Send the body as ${wanted}.`)
  const text = await readText(request, route.limit ?? defaultLimit)
  if (!route.body) {
    if (text.includes('\0')) throw new Problem('invalid_input', 'The text contains U+0000.')
    return text
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Problem('malformed_body', `The body is not JSON: ${(error as Error).message}`, {
      cause: error,
    })
  }
  return parse(route.body, withoutNul(value), 'body')
}

/** Reads at most `limit` bytes of UTF-8; an announced or actual larger body is refused without being kept. */
async function readText(request: Request, limit: number): Promise<string> {
  const tooLarge = new Problem('body_too_large', `The body may have at most ${limit} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body ?? []) {
    size += (part as Uint8Array).length
    if (size > limit) throw tooLarge
    parts.push(part)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
  } catch (error) {
    throw new Problem('malformed_body', 'The body is not UTF-8.', { cause: error })
  }
}

/** U+0000 cannot be stored or compared by PostgreSQL as text, so it is refused before it meets either engine. */
function withoutNul(value: unknown, depth = 0): unknown {
  if (depth > 100) throw new Problem('invalid_input', 'The body is nested too deeply.')
  if (typeof value === 'string' && value.includes('\0'))
    throw new Problem('invalid_input', 'A text contains U+0000.', { remedy: 'Leave it out.' })
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      withoutNul(key, depth + 1)
      withoutNul(inner, depth + 1)
    }
  return value
}

function parse(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return value
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.slice(0, mostComplaints).map((issue): ProblemItem => ({
    field: [where === 'body' ? [] : [where], issue.path].flat().join('.'),
    message: issue.message,
  }))
  throw new Problem(
    'invalid_input',
    errors.map((e) => `${e.field || where}: ${e.message}`).join('; '),
    {
      errors,
      remedy: 'Correct the named fields and send it again.',
    },
  )
}

/** Every error leaves here. What we did not foresee is logged whole and told to nobody. */
export function errorResponse(
  error: unknown,
  route: Pick<Route, 'errors'> | undefined,
  requestId: string,
  log: Log,
): Response {
  let problem: Problem
  if (error instanceof Problem) problem = error
  else {
    log.error({ err: error }, 'unexpected error')
    problem = new Problem(
      'internal',
      'Something went wrong inside Gatehouse; it was written to the log.',
      {
        remedy: `Give the operator this request id: ${requestId}.`,
      },
    )
  }
  const headers = new Headers({ 'x-request-id': requestId, 'cache-control': 'no-store' })
  if (problem.extra.retryAfter !== undefined)
    headers.set('retry-after', String(problem.extra.retryAfter))
  if (problem.code === 'unauthenticated')
    headers.set('www-authenticate', 'Bearer realm="gatehouse"')
  const document =
    route?.errors === 'client'
      ? { error: { code: problem.code, message: problem.message } }
      : problem.document(requestId)
  headers.set(
    'content-type',
    route?.errors === 'client' ? 'application/json' : 'application/problem+json',
  )
  return new Response(JSON.stringify(document), { status: problem.status, headers })
}
