import { otlpError } from './dialect.otlp.ts'
import type { Log } from './log.ts'
import { oauthText } from './oauth-text.ts'
import { Problem, type ProblemCode } from './problem.ts'
import type { ErrorDialect, Route } from './route.ts'

/** Every error leaves here. What we did not foresee is logged whole and told to nobody. */
export function errorResponse(
  error: unknown,
  route: Pick<Route, 'errors'> | undefined,
  requestId: string,
  log: Log,
  request?: Request,
): Response {
  const problem = error instanceof Problem ? error : unforeseen(error, requestId, log)
  const { type, status, body } = written(problem, route?.errors ?? 'problem', requestId, request)
  const headers = new Headers({
    'content-type': type,
    'x-request-id': requestId,
    'cache-control': 'no-store',
  })
  if (problem.extra.retryAfter !== undefined)
    headers.set('retry-after', String(problem.extra.retryAfter))
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="gatehouse"')
  return new Response(body, { status, headers })
}

function unforeseen(error: unknown, requestId: string, log: Log): Problem {
  log.error({ err: error }, 'unexpected error')
  return new Problem(
    'internal',
    'Something went wrong inside Gatehouse; it was written to the log.',
    { remedy: `Give the operator this request id: ${requestId}.` },
  )
}

function written(
  problem: Problem,
  dialect: ErrorDialect,
  requestId: string,
  request: Request | undefined,
) {
  if (dialect === 'otlp') return otlpError(problem, request)
  const { document, ...rest } = dialects[dialect](problem, requestId)
  return { ...rest, body: JSON.stringify(document) }
}

interface Written {
  readonly type: string
  readonly status: number
  readonly document: unknown
}

type JsonDialect = Exclude<ErrorDialect, 'otlp'>
const dialects: Readonly<Record<JsonDialect, (problem: Problem, requestId: string) => Written>> = {
  problem: (problem, requestId) => ({
    type: 'application/problem+json',
    status: problem.status,
    document: problem.document(requestId),
  }),
  client: (problem) => ({
    type: 'application/json',
    status: problem.status,
    document: { error: { code: problem.code, message: problem.message } },
  }),
  oauth: (problem) => {
    const error = oauthCode(problem.code)
    return {
      type: 'application/json',
      status: problem.status,
      document: {
        error,
        // A mistake in the request is told with pieces of it. Any other text goes out whole, against the letter of section 5.2:
        // the person at the terminal reads it, and it may be the administrator's, in a language that needs more letters.
        error_description:
          error === 'invalid_request' ? oauthText(problem.message) : problem.message,
      },
    }
  },
  pending: (problem) => ({
    type: 'application/json',
    status: 403,
    document: { error: { code: 'authorization_pending', message: problem.message } },
  }),
  // RFC 7644, section 3.12. The status is a text there, and what to do now stands in the detail: providers show nothing else.
  scim: (problem) => {
    const scimType = problem.extra.data?.['scimType'] ?? scimTypes[problem.code]
    const { remedy } = problem.extra
    return {
      type: 'application/scim+json',
      status: problem.status,
      document: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: String(problem.status),
        ...(scimType === undefined ? {} : { scimType }),
        detail: remedy === undefined ? problem.message : `${problem.message} ${remedy}`,
      },
    }
  },
  // Existing programs read `error.message`; `code` is ours, so that it means the same at every address.
  platform: (problem) => {
    const { remedy, errors } = problem.extra
    return {
      type: 'application/json',
      status: problem.status,
      document: {
        error: {
          message: remedy === undefined ? problem.message : `${problem.message} ${remedy}`,
          type: problem.status < 500 ? 'invalid_request_error' : 'server_error',
          code: problem.code,
          param: errors?.[0]?.field?.replace(/^(query|path|body)\./, '') ?? null,
        },
      },
    }
  },
}

/** The keywords of RFC 7644, table 9, where a code has one; a problem may bring a closer one as `data.scimType`. */
const scimTypes: Partial<Record<ProblemCode, string>> = {
  already_exists: 'uniqueness',
  invalid_input: 'invalidValue',
  malformed_body: 'invalidSyntax',
}

const oauthCodes: Partial<Record<ProblemCode, string>> = {
  invalid_client: 'invalid_client',
  invalid_grant: 'invalid_grant',
  sign_in_ended: 'invalid_grant',
  unauthorized_client: 'unauthorized_client',
  unsupported_grant_type: 'unsupported_grant_type',
  unsupported_response_type: 'unsupported_response_type',
  invalid_scope: 'invalid_scope',
  invalid_target: 'invalid_target',
  access_denied: 'access_denied',
  surface_off: 'access_denied',
  member_suspended: 'access_denied',
  forbidden: 'access_denied',
  internal: 'server_error',
  database_unavailable: 'temporarily_unavailable',
  busy: 'temporarily_unavailable',
  draining: 'temporarily_unavailable',
  not_ready: 'temporarily_unavailable',
  rate_limited: 'temporarily_unavailable',
}

/** RFC 6749, section 5.2; everything that is the caller's mistake and has no code of its own is `invalid_request`. */
const oauthCode = (code: ProblemCode): string => oauthCodes[code] ?? 'invalid_request'
