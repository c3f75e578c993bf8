/**
 * The one error class. Its code is stable and part of the API: clients may branch on it, so a code is never renamed.
 * The HTTP form is `application/problem+json` (RFC 9457); other dialects (OAuth, SCIM, OTLP) translate it at the edge.
 */
export const problems = {
  invalid_input: [400, 'The request does not have the expected form'],
  malformed_body: [400, 'The request body cannot be read'],
  unsupported_media_type: [415, 'The content type is not accepted here'],
  body_too_large: [413, 'The request body is too large'],
  unauthenticated: [401, 'Sign in first'],
  wrong_credentials: [401, 'E-mail address or password is wrong'],
  reauthentication_required: [403, 'Confirm your password first'],
  cross_site_request: [403, 'The request came from another site'],
  forbidden: [403, 'You do not have the permission for this'],
  exceeds_own_rights: [403, 'This would give more rights than you hold yourself'],
  not_found: [404, 'There is no such thing here'],
  already_exists: [409, 'It exists already'],
  edited_meanwhile: [409, 'Somebody else changed it in the meantime'],
  precondition_failed: [412, 'It is not in the version that the request named'],
  preview_outdated: [409, 'The effect has changed since you looked at it'],
  approval_required: [403, 'Somebody else has to approve this first'],
  in_use: [409, 'It is still in use'],
  last_owner: [409, 'A workspace needs an owner'],
  managed_elsewhere: [409, 'It is managed by the directory it came from'],
  second_factor_required: [403, 'The second factor is missing'],
  single_sign_on_required: [403, 'Sign in through your organisation'],
  single_sign_on_failed: [400, 'The sign-in at your organisation did not work'],
  no_permission_for_codex: [403, 'The role does not include this use of Codex'],
  wrong_state: [409, 'It is not in a state that allows this'],
  already_set_up: [409, 'The workspace exists already'],
  link_used: [410, 'This link was used already'],
  link_expired: [410, 'This link has expired'],
  policy_refused: [422, 'The policy has errors that would stop clients'],
  rate_limited: [429, 'Too many attempts'],
  surface_off: [403, 'Codex is turned off in this workspace'],
  enrolment_revoked: [403, 'This enrolment was revoked'],
  mail_not_configured: [409, 'Mail is not configured'],
  member_suspended: [403, 'This account is suspended'],
  account_suspended: [403, 'This service account is suspended'],
  sign_in_ended: [401, 'This sign-in has ended'],
  // The codes of RFC 6749 (sections 4.1.2.1 and 5.2) and RFC 8707 (section 2), for what speaks OAuth.
  invalid_client: [401, 'There is no such OAuth client'],
  invalid_grant: [400, 'The code or token is not valid'],
  unauthorized_client: [400, 'The OAuth client may not do this'],
  unsupported_grant_type: [400, 'The grant type is not supported'],
  unsupported_response_type: [400, 'The response type is not supported'],
  invalid_scope: [400, 'The scope is not known'],
  invalid_target: [400, 'The resource is not known'],
  access_denied: [403, 'The sign-in was refused'],
  internal: [500, 'Something went wrong inside Gatehouse'],
  database_unavailable: [503, 'The database cannot be reached'],
  busy: [503, 'The database is busy'],
  draining: [503, 'This process is stopping'],
  not_ready: [503, 'This process is still starting'],
  storage_full: [507, 'The disk is full'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ProblemCode = keyof typeof problems

/** One complaint about one input: a field path (`body.name`) or a place in a text, and what to do about it. */
export interface ProblemItem {
  readonly field?: string
  readonly message: string
  readonly code?: string
  readonly line?: number
  readonly column?: number
}

export interface ProblemExtra {
  /** What the reader should do now. Shown after the detail. */
  readonly remedy?: string
  readonly errors?: readonly ProblemItem[]
  /** Seconds, sent as Retry-After. */
  readonly retryAfter?: number
  readonly cause?: unknown
  /** Whose credential was refused, for the audit trail; not in the answer. */
  readonly actor?: { readonly kind: 'key'; readonly id: string; readonly label: string }
  /** Further members of the problem document (RFC 9457, section 3.2), e.g. the current version after a conflict. */
  readonly data?: Readonly<Record<string, unknown>>
}

export class Problem extends Error {
  readonly code: ProblemCode
  readonly extra: ProblemExtra

  constructor(code: ProblemCode, detail?: string, extra: ProblemExtra = {}) {
    super(detail ?? problems[code][1], { cause: extra.cause })
    this.name = 'Problem'
    this.code = code
    this.extra = extra
  }

  get status(): number {
    return problems[this.code][0]
  }

  /** The RFC 9457 document. `type` is a relative reference into our own API documentation. */
  document(requestId?: string): Record<string, unknown> {
    return {
      type: `/api/v1/docs#problem-${this.code}`,
      title: problems[this.code][1],
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(this.extra.remedy === undefined ? {} : { remedy: this.extra.remedy }),
      ...(this.extra.errors === undefined ? {} : { errors: this.extra.errors }),
      ...this.extra.data,
      ...(requestId === undefined ? {} : { requestId }),
    }
  }
}

/** Throws `not_found` for `undefined`, so that a look-up reads as one expression. */
export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined)
    throw new Problem('not_found', `There is no such ${what}.`, {
      remedy: `Check the id; the ${what} may have been deleted.`,
    })
  return value
}
