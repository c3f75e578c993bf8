import type { CustomFetchOptions } from 'openid-client'
import { outboundRequest, type OutboundFailure } from '#kernel/outbound.ts'

/** Far more than metadata, keys or claims ever are. */
const maxBytes = 1_000_000
/** A person waits for each of them. */
const timeoutMs = 8_000

/** The provider could not be asked: why, in words for whoever waits. */
export class NotReached extends Error {
  readonly failure: OutboundFailure

  constructor(failure: OutboundFailure) {
    super(failure.message)
    this.name = 'NotReached'
    this.failure = failure
  }
}

/**
 * What openid-client fetches with: the one way out of the product, with its rules about addresses, and no redirect, which an
 * endpoint of a provider never needs. In the clear only to hosts that an operator or owner has named.
 */
export function createFetch(exceptions: readonly string[]) {
  return async (url: string, { method, headers, body }: CustomFetchOptions): Promise<Response> => {
    const result = await outboundRequest(url, {
      method: method === 'POST' ? 'POST' : 'GET',
      headers: { ...headers, 'user-agent': 'Gatehouse' },
      ...(body instanceof URLSearchParams ? { body: body.toString() } : {}),
      exceptions,
      schemes: isNamed(new URL(url), exceptions) ? ['https:', 'http:'] : ['https:'],
      maxRedirects: 0,
      maxBytes,
      timeoutMs,
    })
    if (!result.ok) throw new NotReached(result)
    const type = result.headers['content-type']
    return new Response(result.status === 204 ? null : Buffer.from(result.body), {
      status: result.status,
      headers: {
        ...(type === undefined ? {} : { 'content-type': type }),
        ...(result.headers['www-authenticate'] === undefined
          ? {}
          : { 'www-authenticate': result.headers['www-authenticate'] }),
      },
    })
  }
}

/** Whether somebody has named this host, so that it may be called in the clear and on a private address. */
export const isNamed = (
  { hostname, port, protocol }: URL,
  exceptions: readonly string[],
): boolean =>
  exceptions.includes(`${hostname}:${port === '' ? (protocol === 'http:' ? '80' : '443') : port}`)
