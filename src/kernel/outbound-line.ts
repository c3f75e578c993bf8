import type { IncomingHttpHeaders } from 'node:http'
import type { LookupFunction, Socket } from 'node:net'
import buildConnector, { type Connector } from 'undici/lib/core/connect.js'
import Client from 'undici/lib/dispatcher/client.js'
import type { CheckedAddress } from './outbound-address.ts'

/** What came back, the body as it was sent. */
export interface Heard {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Nothing that can be used came back. */
export interface Unheard {
  /** `large`: the body is larger than wanted; `stale`: the connection was closed as the request went out. */
  readonly why: 'large' | 'stale' | 'error'
  readonly error: NodeJS.ErrnoException
}

export interface Asking {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  readonly maxBytes: number
}

/** Where connections go: to addresses that were checked, whatever the name says by now. */
export interface Target {
  readonly origin: string
  readonly addresses: readonly CheckedAddress[]
  /** PEM certificates to trust instead of the well-known authorities. */
  readonly ca: string | undefined
}

/** One connection that opens when it is needed, and again when it was closed; one request at a time. */
export interface Line {
  /** Never rejects. */
  readonly ask: (asking: Asking) => Promise<Heard | Unheard>
  /** Closes it at once, opening or not; what it was asked ends with an error. */
  readonly end: () => void
}

/**
 * Opens sockets to a target; shared by its lines, so that TLS sessions are resumed among them and nowhere else. The deadline
 * of a call bounds its connecting, so that nothing here needs to.
 */
export function connectorTo({ addresses, ca }: Target): Connector {
  return buildConnector({
    lookup: lookupOf(addresses),
    timeout: 0,
    allowH2: false,
    ...(ca === undefined ? {} : { ca }),
  })
}

/** @param idleMs how long it stays open unused; undefined: not at all */
export function openLine(origin: string, connector: Connector, idleMs?: number): Line {
  let socket: Socket | undefined
  let answers = 0
  const client = new Client(origin, {
    connect: (options, callback) => {
      answers = 0
      socket = connector(options, callback)
    },
    // For connecting, headers and body together there is one deadline, which ends the line.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(idleMs === undefined
      ? {}
      : {
          keepAliveTimeout: idleMs,
          // A server's `Keep-Alive` may shorten that, by a second more than it says for the way there.
          keepAliveMaxTimeout: idleMs,
          keepAliveTimeoutThreshold: 1000,
        }),
  })
  const reset = idleMs === undefined
  return {
    ask: ({ method, path, headers, body, maxBytes }) =>
      new Promise((done) => {
        const parts: Buffer[] = []
        let size = 0
        let heard: Omit<Heard, 'body'> | undefined
        client.dispatch(
          { method, path, headers, body: body ?? null, reset },
          {
            // Without it undici takes the handler for one of its former kind.
            onRequestStart: () => undefined,
            onResponseStart: (_, status, found) => {
              if (status >= 200) heard = { status, headers: asNodeSays(found) }
            },
            onResponseData: (controller, part) => {
              size += part.length
              if (size <= maxBytes) parts.push(part)
              else {
                const error = new Error('The body is too large.')
                done({ why: 'large', error })
                controller.abort(error)
              }
            },
            onResponseEnd: () => {
              answers++
              const [only] = parts
              const whole = parts.length === 1 && only ? only : Buffer.concat(parts)
              if (heard) done({ ...heard, body: whole })
            },
            onResponseError: (_, error: NodeJS.ErrnoException) => {
              const stale = answers > 0 && heard === undefined && hungUp.has(error.code ?? '')
              done({ why: stale ? 'stale' : 'error', error })
            },
          },
        )
      }),
    end: () => {
      void client.destroy()
      // The client waits for a socket that is being opened before it looks at it.
      socket?.destroy(new Error('The call was stopped.'))
    },
  }
}

const hungUp: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/**
 * Answers Node's lookups with what was checked; a second question to the resolver could be answered
 * otherwise.
 */
export function lookupOf(addresses: readonly CheckedAddress[]): LookupFunction {
  const [first] = addresses
  return (_host, options, callback) => {
    if (options.all === true) callback(null, [...addresses])
    else callback(null, first?.address ?? '', first?.family)
  }
}

/** undici gives a header that came several times as a list; Node joins it, or believes the first. */
function asNodeSays(found: IncomingHttpHeaders): IncomingHttpHeaders {
  let said: Record<string, string | string[] | undefined> | undefined
  for (const name in found) {
    const value = found[name]
    if (name === 'set-cookie') {
      if (typeof value === 'string') (said ??= { ...found })[name] = [value]
    } else if (Array.isArray(value))
      (said ??= { ...found })[name] = single.has(name) ? value[0] : value.join(', ')
  }
  return said ?? found
}

/** Of these only one can be meant (node:http, message.headers). */
const single: ReadonlySet<string> = new Set([
  'age',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'location',
  'retry-after',
  'server',
])
