import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Problem } from './problem.ts'

export interface Listener {
  readonly port: number
  /** https only: new connections get this certificate from now on. */
  readonly setCertificate: (cert: string, key: string) => void
  /** Takes no new connections, lets running requests end, then closes what is left. */
  readonly drain: (graceMs: number) => Promise<void>
}

export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly fetch: (request: Request, env: { incoming: unknown }) => Response | Promise<Response>
  /** Answers a request before the framework has seen it. False: it did nothing, `fetch` answers. */
  readonly direct?: (request: IncomingMessage, response: ServerResponse) => boolean
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** Opens one listener; rejects with a sentence when the address is taken or not ours. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const handler = getRequestListener(options.fetch)
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (options.direct?.(request, response) !== true) void handler(request, response)
  }
  const server: Server = options.tls
    ? createHttps({ ...options.tls, minVersion: 'TLSv1.2' }, answer)
    : createHttp(answer)
  // A client that sends its headers byte by byte may hold a connection for this long, not for ever.
  server.headersTimeout = 15_000
  server.requestTimeout = 120_000
  server.keepAliveTimeout = 65_000
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const at = `${options.host}:${options.port}`
      fail(
        new Problem(
          'wrong_state',
          error.code === 'EADDRINUSE'
            ? `The address ${at} is taken.`
            : `Cannot listen on ${at}: ${error.message}`,
          {
            remedy: 'Stop the other process, or set GATEHOUSE_LISTEN / GATEHOUSE_TLS_LISTEN.',
            cause: error,
          },
        ),
      )
    })
    server.listen(options.port, options.host, done)
  })
  return {
    port: (server.address() as AddressInfo).port,
    setCertificate(cert, key) {
      ;(server as unknown as { setSecureContext?: (c: object) => void }).setSecureContext?.({
        cert,
        key,
      })
    },
    async drain(graceMs) {
      const closed = new Promise<void>((done) => server.close(() => done()))
      // A connection whose last answer is out stays open for the next request, which will not come.
      const sweep = setInterval(() => server.closeIdleConnections(), 50)
      server.closeIdleConnections()
      const patience = new Promise((done) => setTimeout(done, graceMs).unref())
      await Promise.race([closed, patience])
      clearInterval(sweep)
      server.closeAllConnections()
      await closed
    },
  }
}
