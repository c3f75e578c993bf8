import { Problem } from '#kernel/problem.ts'
import type { TelemetryParts } from '../ports.ts'
import type { Sender } from '../take.ts'
import type { IngestClaims, IngestTokens } from '../token.ts'

export interface Admitted {
  readonly token: string
  readonly claims: IngestClaims
  readonly sender: Sender
}

/** How long an answer is believed (ms): whatever was ended, suspended or moved to another group is seen at most so late. */
const believedFor = 2000
const most = 20_000

/**
 * Who sends, by the token and nothing else: what records say about a person is anybody's word.
 *
 * Throws `unauthenticated` for no token of ours, and for one of a client or enrolment that is not in use any more.
 */
export function createAdmission(
  { runtime, live }: Pick<TelemetryParts, 'runtime' | 'live'>,
  tokens: IngestTokens,
): (request: Request) => Promise<Admitted> {
  const known = new Map<string, { readonly admitted: Admitted; readonly at: number }>()

  return async (request) => {
    const token = /^bearer +(git_\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    const now = runtime.clock()
    const before = token === undefined ? undefined : known.get(token)
    if (before && Math.abs(now - before.at) < believedFor) return before.admitted
    const claims = token === undefined ? undefined : tokens.read(token)
    if (token === undefined || !claims)
      throw new Problem('unauthenticated', 'The request has no ingest token of this workspace.', {
        remedy:
          'Send the header `authorization: Bearer git_…` that the policy brings along in its [otel] block.',
      })
    known.delete(token)
    const sender = await live(claims)
    if (!sender)
      throw new Problem(
        'unauthenticated',
        `This ${claims.kind === 'client' ? 'client has been signed out' : 'enrolment was revoked'}, or its owner is suspended.`,
      )
    if (known.size >= most) known.clear()
    const admitted = { token, claims, sender }
    known.set(token, { admitted, at: now })
    return admitted
  }
}
