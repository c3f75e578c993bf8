import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A mail as it came, taken apart. */
export interface ReceivedMail {
  readonly to: string
  /** Names in lower case; folded lines joined. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
  readonly html: string
}

export interface Mailbox {
  readonly port: number
  readonly mails: readonly ReceivedMail[]
  /** Refuses the next mails with this code; 0 takes them. */
  refuse: (code: number) => void
  readonly close: () => Promise<void>
}

/** A real mail server on loopback that keeps what it takes. */
export async function openMailbox(): Promise<Mailbox> {
  const mails: ReceivedMail[] = []
  let code = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        if (code !== 0) {
          done(Object.assign(new Error('not now'), { responseCode: code }))
          return
        }
        const to = session.envelope.rcptTo.map(({ address }) => address).join()
        mails.push(readMail(to, Buffer.concat(parts).toString('utf8')))
        done()
      })
    },
  })
  const port = await new Promise<number>((ready) => {
    const listening = server.listen(0, '127.0.0.1', () =>
      ready((listening.address() as AddressInfo).port),
    )
  })
  return {
    port,
    mails,
    refuse: (next) => {
      code = next
    },
    close: () => new Promise((done) => server.close(() => done())),
  }
}

/** Reads multipart/alternative with quoted-printable, base64 or plain parts. */
function readMail(to: string, raw: string): ReceivedMail {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const headers = readHeaders(head)
  const boundary = /boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '')?.[1]
  const body = rest.join('\r\n\r\n')
  const parts = boundary === undefined ? [raw] : body.split(`--${boundary}`).slice(1, -1)
  const of = (type: string): string => {
    const part = parts.find((p) => p.includes(`Content-Type: ${type}`)) ?? ''
    const [partHead = '', ...content] = part.replace(/^\r\n/, '').split('\r\n\r\n')
    const encoding = readHeaders(partHead).get('content-transfer-encoding') ?? '7bit'
    return decode(content.join('\r\n\r\n'), encoding)
  }
  return { to, headers, text: of('text/plain'), html: of('text/html') }
}

const readHeaders = (head: string): ReadonlyMap<string, string> =>
  new Map(
    head
      .replaceAll(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line): [string, string] => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())]
      }),
  )

/** Encoded words (RFC 2047); white space between two of them is none. */
const decodeWords = (text: string): string =>
  text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : decode(word.replaceAll('_', ' '), 'quoted-printable'),
    )

function decode(text: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8')
  if (encoding !== 'quoted-printable') return text.replaceAll('\r\n', '\n')
  const bytes = text
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n')
}

export interface ReceivedCall {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Receiver {
  readonly url: string
  /** For GATEHOUSE_OUTBOUND_EXCEPTIONS. */
  readonly host: string
  readonly calls: readonly ReceivedCall[]
  /** What it answers from now on; 200 to begin with. */
  readonly answer: (status: number, body?: string, headers?: Record<string, string>) => void
  /** The same for one call; those after it hang until `answer` says what they get. */
  readonly answerOnce: (status: number, body?: string, headers?: Record<string, string>) => void
  readonly close: () => Promise<void>
}

/** A real HTTP server on loopback that takes webhooks. */
export async function openReceiver(): Promise<Receiver> {
  const calls: ReceivedCall[] = []
  let reply = { status: 200, body: 'ok', headers: {} as Record<string, string> }
  let once = false
  let hanging: (() => void)[] | undefined
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      calls.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8') })
      const respond = () => void response.writeHead(reply.status, reply.headers).end(reply.body)
      if (hanging) hanging.push(respond)
      else respond()
      if (once) hanging ??= []
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook?token=receiver-token`,
    host: `127.0.0.1:${port}`,
    calls,
    answer: (status, body = '', headers = {}) => {
      reply = { status, body, headers }
      const waiting = hanging ?? []
      once = false
      hanging = undefined
      for (const respond of waiting) respond()
    },
    answerOnce: (status, body = '', headers = {}) => {
      reply = { status, body, headers }
      once = true
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

/** Whether the signature is right, by an implementation of its own of Standard Webhooks. */
export async function isSigned({ headers, body }: ReceivedCall, secret: string): Promise<boolean> {
  const key = await crypto.subtle.importKey(
    'raw',
    Uint8Array.from(atob(secret.slice('whsec_'.length)), (c) => c.charCodeAt(0)),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  )
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
  for (const part of String(headers['webhook-signature']).split(' ')) {
    const bytes = Uint8Array.from(atob(part.replace(/^v1,/, '')), (c) => c.charCodeAt(0))
    const data = new TextEncoder().encode(content)
    if (await crypto.subtle.verify('HMAC', key, bytes, data)) return true
  }
  return false
}
