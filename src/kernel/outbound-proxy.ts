import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import {
  createServer,
  request as requestHttp,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { Transform, type Duplex } from 'node:stream'
import { checkHost, type HostCheck, type Lookup } from './outbound-address.ts'
import { lookupOf } from './outbound-line.ts'

/** A program that goes out through us and no other way: our headless browser. */
export interface OutboundProxy {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  readonly username: string
  readonly password: string
  /** What was not let through, in order; the first 200. */
  readonly refusals: () => readonly ProxyRefusal[]
  /** Bytes received from outside so far. */
  readonly received: () => number
  readonly close: () => Promise<void>
}

export interface ProxyRefusal {
  /** `host:port`. */
  readonly target: string
  readonly kind: 'refused' | 'unresolved' | 'port' | 'too_large' | 'too_many'
  readonly message: string
}

export interface ProxyOptions {
  /** `host:port` entries that may be reached although they are not public. */
  readonly exceptions: readonly string[]
  /** Received in all, over all connections. */
  readonly maxBytes: number
  /** Requests and tunnels in all. */
  readonly maxConnections: number
  /** After this everything is closed and nothing more is let through (ms). */
  readonly totalMs: number
  readonly lookup?: Lookup
}

/** How it calls itself in `Proxy-Status`. */
export const proxyName = 'gatehouse-browser'

/** Not the ports of mail, file and remote-control servers, which understand more than they should. */
const isWebPort = (port: number): boolean => port === 80 || port === 443 || port >= 1024

/** A connection outside that does not come about in this time is given up (ms). */
const connectMs = 10_000
const mostRefusals = 200

/**
 * Starts a forward proxy on loopback with credentials of its own, for one session. Plain requests
 * and CONNECT; each target is resolved once, checked like every call out, and the connection goes
 * to what was checked. Answers 407 without the credentials, 403 to what is refused.
 */
export async function startOutboundProxy(options: ProxyOptions): Promise<OutboundProxy> {
  const username = 'gatehouse'
  const password = randomBytes(24).toString('base64url')
  const wanted = digest(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`)
  const authorised = ({ 'proxy-authorization': given }: IncomingHttpHeaders): boolean =>
    given !== undefined && timingSafeEqual(digest(given), wanted)
  const session = openSession(options)

  const server = createServer((request, response) => {
    if (authorised(request.headers)) void forward(session, request, response)
    else response.writeHead(407, challenge).end()
  })
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => client.destroy())
    if (authorised(request.headers)) void tunnel(session, request.url ?? '', client, head)
    else
      client.end(
        `HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: ${challenge['proxy-authenticate']}\r\nContent-Length: 0\r\n\r\n`,
      )
  })
  server.on('connection', session.hold)
  // A browser's WebSocket over plain http arrives as CONNECT; an upgrade here is nobody we know.
  server.on('upgrade', (_request, client: Duplex) => client.destroy())
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(0, '127.0.0.1', done)
  })
  const close = async (): Promise<void> => {
    clearTimeout(timer)
    session.end()
    server.closeAllConnections()
    await new Promise<void>((done) => server.close(() => done()))
  }
  const timer = setTimeout(() => session.end(), options.totalMs)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    username,
    password,
    refusals: () => session.refusals,
    received: () => session.received(),
    close,
  }
}

const challenge = { 'proxy-authenticate': 'Basic realm="gatehouse"' }
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

interface Session {
  readonly refusals: ProxyRefusal[]
  readonly received: () => number
  /** Keeps a socket until it closes, so that the end of the session can end it. */
  readonly hold: (socket: Duplex) => void
  readonly end: () => void
  /** The addresses of a target that may be reached, or what was written down against it. */
  readonly admit: (host: string, port: number) => Promise<Admitted>
  /** Counts what comes in; fails when the session has had enough. */
  readonly meter: (target: string) => Transform
}

type Admitted = Extract<HostCheck, { ok: true }> | { readonly ok: false; readonly message: string }

function openSession(options: ProxyOptions): Session {
  const sockets = new Set<Duplex>()
  const refusals: ProxyRefusal[] = []
  let received = 0
  let connections = 0
  let over = false
  const refuse = (target: string, kind: ProxyRefusal['kind'], message: string) => {
    if (refusals.length < mostRefusals) refusals.push({ target, kind, message })
    return { ok: false as const, message }
  }
  const end = (): void => {
    over = true
    for (const socket of sockets) socket.destroy()
  }
  return {
    refusals,
    received: () => received,
    end,
    hold: (socket) => {
      if (over) socket.destroy()
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    },
    admit: async (host, port) => {
      const target = `${host}:${port}`
      if (over) return { ok: false, message: 'The session is over.' }
      if (++connections > options.maxConnections)
        return refuse(target, 'too_many', `More than ${options.maxConnections} connections.`)
      if (!isWebPort(port) && !options.exceptions.includes(target))
        return refuse(target, 'port', `Port ${port} is not one that pages are served from.`)
      const check = await checkHost(host, port, options.exceptions, options.lookup)
      return check.ok ? check : refuse(target, check.kind, check.message)
    },
    meter: (target) =>
      new Transform({
        transform: (part: Buffer, _encoding, done) => {
          received += part.length
          if (received <= options.maxBytes) {
            done(null, part)
            return
          }
          const { message } = refuse(target, 'too_large', `More than ${options.maxBytes} bytes.`)
          end()
          done(new Error(message))
        },
      }),
  }
}

/** A plain request in absolute form (RFC 9112, section 3.2.2). */
async function forward(
  session: Session,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = request.url ?? ''
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:') {
    response.writeHead(400).end('A whole http:// address is needed.')
    return
  }
  const target = `${url.hostname}:${url.port || '80'}`
  const admitted = await session.admit(url.hostname, Number(url.port || 80))
  if (!admitted.ok) {
    response.writeHead(403, {
      ...status('destination_ip_prohibited'),
      'content-type': 'text/plain',
    })
    response.end(admitted.message)
    return
  }
  const fail = (): void => {
    if (response.headersSent) response.destroy()
    else response.writeHead(502, status('destination_unavailable')).end()
  }
  const outside = requestHttp(
    url,
    {
      method: request.method ?? 'GET',
      headers: endToEnd(request.headers, { host: url.host }),
      lookup: lookupOf(admitted.addresses),
      agent: false,
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers, {}))
      const metered = session.meter(target)
      answer.on('error', () => response.destroy())
      metered.on('error', () => response.destroy())
      answer.pipe(metered).pipe(response)
    },
  )
  outside.on('socket', session.hold)
  outside.on('error', fail)
  response.on('close', () => outside.destroy())
  request.pipe(outside)
}

/** Whose answer this is, for those who see only the answer (RFC 9209). */
const status = (error: string): Record<string, string> => ({
  'proxy-status': `${proxyName}; error=${error}`,
})

/** `CONNECT host:port` (RFC 9110, section 9.3.6). */
async function tunnel(
  session: Session,
  target: string,
  client: Duplex,
  head: Buffer,
): Promise<void> {
  const match = /^(\[[0-9a-f:.]+\]|[^:\s/]+):(\d{1,5})$/i.exec(target)
  const [, host = '', portText = ''] = match ?? []
  const port = Number(portText)
  const refuse = (status: string): void =>
    void client.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  if (host === '' || port < 1 || port > 65_535) {
    refuse('400 Bad Request')
    return
  }
  const admitted = await session.admit(host, port)
  if (!admitted.ok) {
    refuse('403 Forbidden')
    return
  }
  const outside = connect({ host, port, lookup: lookupOf(admitted.addresses) })
  session.hold(outside)
  const giveUp = setTimeout(() => outside.destroy(), connectMs)
  let open = false
  outside.once('connect', () => {
    open = true
    clearTimeout(giveUp)
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) outside.write(head)
    const metered = session.meter(target)
    metered.on('error', () => client.destroy())
    outside.pipe(metered).pipe(client)
    client.pipe(outside)
  })
  outside.on('error', () => {
    // A half answer must not look like a whole one. An orderly end goes on through the pipe.
    if (open) client.destroy()
  })
  outside.once('close', () => {
    clearTimeout(giveUp)
    if (!open) refuse('502 Bad Gateway')
  })
  client.once('close', () => outside.destroy())
}

/** These belong to one connection and end at the proxy (RFC 9110, section 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  // Only ours may speak for us.
  'proxy-status',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function endToEnd(
  headers: IncomingHttpHeaders,
  more: Readonly<Record<string, string>>,
): Record<string, string | string[]> {
  const named = new Set(
    (headers.connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || hopByHop.has(name) || named.has(name) ? [] : [[name, value] as const],
  )
  return { ...Object.fromEntries(kept), ...more }
}
