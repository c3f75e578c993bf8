import type { z } from 'zod'
import type { AuditEntry, AuditRecord } from './audit.ts'
import type { Log } from './log.ts'
import type { Work } from './work.ts'

/**
 * A route is data. Who may call it, what goes in and out, which dialect its errors speak and what the audit trail calls it
 * are required members: forgetting one does not compile. The server, the OpenAPI document, the documentation page and
 * the generated 401/403 tests are all made from this one value.
 */
export const authKinds = [
  'session',
  // A session that has still to give its second factor: it opens only the routes that name it.
  'half_session',
  'key',
  'enrolment',
  'client',
  'ingest',
  'scim',
  'public',
] as const
export type AuthKind = (typeof authKinds)[number]

/**
 * How errors are written: our problem+json; what the coding agent expects; OAuth (RFC 6749, section 5.2); or `pending`, where
 * whatever goes wrong is a 403, because the agent ends its sign-in at any other status; or SCIM (RFC 7644, section 3.12);
 * or `platform`, as the vendor's own API for organisations writes them; or `otlp` (OpenTelemetry Protocol 1.9, "Failures").
 */
export type ErrorDialect = 'problem' | 'client' | 'oauth' | 'pending' | 'scim' | 'platform' | 'otlp'

/** Who acts, as the authenticators see it. `permissions` are the ones held at this moment. */
export interface Actor<P extends string = string> {
  readonly kind: AuthKind | 'operator' | 'system'
  readonly id: string
  readonly label: string
  readonly permissions: ReadonlySet<P>
  /** The built-in role of the member behind a session; keys have none. */
  readonly role?: string
  readonly sessionId?: string
  /** When the person last proved her password (ms). */
  readonly authenticatedAt?: number
}

export interface Call<P extends string = string> {
  readonly actor: Actor<P>
  readonly request: Request
  readonly requestId: string
  /** The client's address, proxies that we trust taken off. */
  readonly ip: string
  readonly now: number
  readonly log: Log
  /** The audit record of this act, for who writes it in another thread (kernel/aside.ts). */
  recordOf(entry: AuditEntry): AuditRecord
  read<T>(work: () => Work<T>): Promise<T>
  /**
   * One transaction of a route that has an audit action. `record` appends the audit record in it; a write that ends
   * without one is a programming error and is rolled back.
   */
  write<T>(work: (record: Record) => Work<T>): Promise<T>
}
export type Record = (entry: AuditEntry) => Work<void>

type Shape = z.ZodObject

export interface Input<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
}

export interface RouteSpec<
  P extends string,
  Ps extends Shape,
  Q extends Shape,
  B extends z.ZodType,
  O extends z.ZodType,
> {
  /** `<feature>.<act>`: the OpenAPI operationId. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `{name}` for path parameters, as in OpenAPI; a last `{name+}` takes the rest of the path, slashes included. */
  readonly path: string
  readonly summary: string
  readonly description?: string
  readonly auth: readonly AuthKind[]
  /**
   * The handler finds out who calls, from the credential that `auth` names, and refuses: where that is done from memory, and
   * what is refused is counted. To the server the caller is nobody; without this, a credential that it has no authenticator
   * for opens nothing.
   */
  readonly admitsItself?: true
  /** The permission that the actor must hold; null where being authenticated (or nobody) is enough. */
  readonly permission: P | null
  readonly params?: Ps
  readonly query?: Q
  /** Default: `application/json`, read and validated by this schema. */
  readonly body?: B
  /** The body may also come as a form: one text for each name, a name at most once (RFC 6749, section 3.2). */
  readonly form?: boolean
  /** The body may also say that it is this media type, a name of its own for JSON; the answer does. */
  readonly media?: string
  /** Instead of `body`: the raw text of this content type, as `body: string`. */
  readonly text?: string
  /**
   * The handler hands the bytes of the body to another thread, which holds them to `body` (kernel/body.ts): where reading it
   * here would keep policy fetches waiting.
   */
  readonly bodyElsewhere?: true
  /** Largest body in bytes. Default 1 MiB. */
  readonly limit?: number
  /** The JSON answer; `null` = 204. A handler may always return a `Response` of its own instead (`produces` says its type). */
  readonly output: O | null
  readonly produces?: string
  readonly status?: 200 | 201 | 202
  readonly errors: ErrorDialect
  /** What the audit trail calls it; null for what changes nothing. */
  readonly audit: string | null
  /** The person must have proved her password in the last minutes. */
  readonly recent?: boolean
  readonly handle: (
    call: Call<P>,
    input: Input<z.output<Ps>, z.output<Q>, z.output<B>>,
  ) => Promise<z.input<O> | Response> | (z.input<O> | Response)
}

/** A route with its types forgotten, as lists of routes hold it. */
export interface Route extends Omit<
  RouteSpec<string, Shape, Shape, z.ZodType, z.ZodType>,
  'handle'
> {
  readonly handle: (call: Call, input: Input<unknown, unknown, unknown>) => unknown
}

/** Binds `route()` to the closed list of a product's permission keys. */
export function routesFor<P extends string>() {
  return function route<
    Ps extends Shape = Shape,
    Q extends Shape = Shape,
    B extends z.ZodType = z.ZodType<undefined>,
    O extends z.ZodType = z.ZodType<undefined>,
  >(spec: RouteSpec<P, Ps, Q, B, O>): Route {
    return spec as unknown as Route
  }
}
