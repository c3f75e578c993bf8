import type { Hono } from 'hono'
import { type Context } from 'hono'
import { appendAudit, type AuditEntry, type AuditRecord } from './audit.ts'
import { parse, readBody, withoutNul } from './body.ts'
import type { Clock } from './clock.ts'
import type { Db } from './db.ts'
import type { Ids } from './ids.ts'
import type { Log } from './log.ts'
import { errorResponse } from './dialects.ts'
import { Problem } from './problem.ts'
import type { Actor, AuthKind, Call, Route } from './route.ts'
import type { Work } from './work.ts'

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
  /** Called when a caller is known, before it is asked what she may. */
  readonly onCaller?: (actor: Actor, ip: string, now: number) => void
  /** Called when a write has told channels something (`notify`); the answer waits for it: who is told that it is done finds it done. */
  readonly onWritten?: (channels: ReadonlySet<string>) => Promise<void>
  /** Called when a call is refused with 401 or 403. */
  readonly onRefusal?: (refusal: Refusal) => void
}

export interface Refusal {
  readonly route: Route
  readonly problem: Problem
  /** Null: nobody that is known. */
  readonly actor: Pick<Actor, 'kind' | 'id' | 'label'> | null
  readonly ip: string
  readonly requestId: string
  readonly at: number
}

/** Answers hold names, policies and now and then a secret: no cache keeps them (RFC 9111, section 5.2.2.5). */
const noStore = { 'cache-control': 'no-store' } as const

/** Mounts routes on a Hono app. The order is always: who, may she, is the input good, act, is the output as promised. */
export function mountRoutes(app: Hono, routes: readonly Route[], parts: ServerParts): void {
  for (const route of routes) {
    app.on(route.method, pattern(route.path), async (c) => {
      const started = performance.now()
      const response = await answer(route, c, parts)
      parts.onAnswer?.(route, response.status, performance.now() - started)
      return response
    })
  }
}

/** `{name}` is one part of the path; `{name+}` is all that is left of it, slashes included. */
const pattern = (path: string): string =>
  path.replaceAll(/\{(\w+)\+\}/g, ':$1{.+}').replaceAll(/\{(\w+)\}/g, ':$1')

async function answer(route: Route, c: Context, parts: ServerParts): Promise<Response> {
  const context = contextOf(route, c, parts)
  try {
    const call = await startCall(route, c, parts, context)
    const input = {
      params: route.params && parse(route.params, withoutNul(c.req.param()), 'path'),
      query: route.query && parse(route.query, withoutNul(c.req.query()), 'query'),
      body: route.bodyElsewhere === true ? undefined : await readBody(route, c.req.raw),
    }
    const result = await route.handle(call, input)
    if (result instanceof Response) return result
    if (route.output === null) return c.body(null, 204)
    return c.json(route.output.parse(result) as object, route.status ?? 200, {
      ...noStore,
      ...(route.media === undefined ? {} : { 'content-type': route.media }),
    })
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.status === 403))
      parts.onRefusal?.({
        route,
        problem: error,
        actor: error.extra.actor ?? context.actor,
        ip: parts.clientIp(c),
        requestId: context.requestId,
        at: parts.clock(),
      })
    return errorResponse(error, route, context.requestId, context.log, c.req.raw)
  }
}

interface RequestContext {
  readonly requestId: string
  readonly log: Log
  /** Who calls, as soon as it is known. */
  actor: Actor | null
}

/** Made only when something looks at them: an id and a logger for each bundle fetch cost more than the fetch (bench/bundle.ts). */
function contextOf(route: Route, c: Context, parts: ServerParts): RequestContext {
  let requestId: string | undefined
  let log: Log | undefined
  return {
    actor: null,
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
  if (actor.kind !== 'public') {
    context.actor = actor
    parts.onCaller?.(actor, parts.clientIp(c), now)
  }
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
  const recordOf = (entry: AuditEntry): AuditRecord => {
    const { audit } = route
    if (audit === null) throw new Error(`${route.id} writes but names no audit action.`)
    return {
      ...entry,
      id: parts.ids('aud'),
      at: now,
      actor: entry.actor ?? { kind: actor.kind, id: actor.id, label: actor.label },
      action: audit,
      requestId: context.requestId,
      ip,
    }
  }
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
    recordOf,
    read: (work) => parts.db.read(work),
    write: async (work) => {
      const channels = new Set<string>()
      const result = await parts.db.tx(function* () {
        const done = { recorded: false }
        const result = yield* told(
          work(function* (entry) {
            done.recorded = true
            yield* appendAudit(recordOf(entry))
          }),
          channels,
        )
        if (!done.recorded)
          throw new Error(`${route.id} changed something without an audit record.`)
        return result
      })
      if (channels.size > 0) await parts.onWritten?.(channels)
      return result
    },
  }
}

/** The same work; the channels that it tells something are added to `channels`. */
function* told<T>(work: Work<T>, channels: Set<string>): Work<T> {
  let turn = work.next()
  while (turn.done !== true) {
    if (turn.value.kind === 'notify') channels.add(turn.value.channel)
    turn = work.next(yield turn.value)
  }
  return turn.value
}

const nobody: Actor = { kind: 'public', id: '', label: 'nobody', permissions: new Set() }

async function authenticate(
  route: Route,
  request: Request,
  now: number,
  parts: ServerParts,
): Promise<Actor> {
  if (route.admitsItself === true) return nobody
  for (const kind of route.auth) {
    const actor = kind === 'public' ? nobody : await parts.authenticators[kind]?.(request, now)
    if (!actor) continue
    if (kind === 'session' || kind === 'half_session') refuseCrossSite(request)
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
