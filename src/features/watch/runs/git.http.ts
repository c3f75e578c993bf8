/** isomorphic-git's way out: the house's own, so that every address it asks is checked and pinned. */
import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git'
import { outboundRequest, type OutboundFailureKind } from '#kernel/outbound.ts'
import type { FailureKind } from '../schema.ts'

export interface GitHttpOptions {
  readonly exceptions: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly maxBytes: number
  readonly timeoutMs: number
}

/** Thrown through isomorphic-git, which does not look at it. */
export class GitOut extends Error {
  readonly kind: FailureKind
  readonly status: number | null
  constructor(kind: FailureKind, message: string, status: number | null = null) {
    super(message)
    this.kind = kind
    this.status = status
  }
}

export const gitHttp = (options: GitHttpOptions): HttpClient => ({
  async request(asked: GitHttpRequest): Promise<GitHttpResponse> {
    const method = asked.method === 'POST' ? 'POST' : 'GET'
    const body = asked.body === undefined ? undefined : await collected(asked.body)
    const answer = await outboundRequest(asked.url, {
      method,
      schemes: asked.url.startsWith('https:') ? ['https:'] : ['https:', 'http:'],
      exceptions: options.exceptions,
      headers: { ...asked.headers, ...options.headers },
      secretHeaders: Object.keys(options.headers),
      maxBytes: options.maxBytes,
      timeoutMs: options.timeoutMs,
      ...(body === undefined ? {} : { body }),
    })
    if (!answer.ok) throw new GitOut(kindOf(answer.kind), answer.message)
    const { status } = answer
    if (status === 401 || status === 403)
      throw new GitOut('blocked', `The repository answers ${status}.`, status)
    if (status === 404 || status === 410)
      throw new GitOut('gone', `There is no repository: the answer is ${status}.`, status)
    if (status === 429) throw new GitOut('rate_limited', 'The repository answers 429.', status)
    if (status >= 500) throw new GitOut('server_error', `The repository answers ${status}.`, status)
    return {
      url: answer.url,
      method,
      statusCode: status,
      statusMessage: String(status),
      headers: answer.headers as Record<string, string>,
      body: once(answer.body),
    }
  },
})

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

async function collected(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts)
}

function kindOf(kind: OutboundFailureKind): FailureKind {
  if (kind === 'too_large' || kind === 'timeout' || kind === 'tls') return kind
  return kind === 'refused' ? 'refused_address' : 'network'
}
