import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { checkHost, type Lookup } from './outbound-address.ts'

export interface StreamTarget {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** `host:port` entries that may be called although they are not public. */
  readonly exceptions?: readonly string[]
  /** PEM certificates to trust instead of the well-known authorities. */
  readonly ca?: string
  /** For connecting and sending together; 30 s when left out. */
  readonly timeoutMs?: number
  readonly lookup?: Lookup
}

export type StreamResult =
  { readonly ok: true } | { readonly ok: false; readonly message: string; readonly remedy: string }

/**
 * The way out for what only writes, such as syslog over TCP (RFC 6587) or TLS (RFC 5425): connects to an address that was
 * checked, writes everything, and closes. `ok`: the other side took all bytes and ended the connection in order, which is as
 * much as a protocol without answers can tell. Never throws.
 */
export async function outboundWrite(
  target: StreamTarget,
  bytes: Uint8Array,
): Promise<StreamResult> {
  const { host, port, exceptions = [], timeoutMs = 30_000 } = target
  const check = await checkHost(host, port, exceptions, target.lookup)
  if (!check.ok) return { ok: false, message: check.message, remedy: check.remedy }
  const address = check.addresses[0]?.address ?? host
  return new Promise((done) => {
    const socket = open(target, address)
    const end = (result: StreamResult): void => {
      clearTimeout(timer)
      socket.destroy()
      done(result)
    }
    const fail = (why: string, remedy: string): void =>
      end({ ok: false, message: `${host}:${port}: ${why}`, remedy })
    const timer = setTimeout(() => {
      fail('no end within the time.', 'See whether something there takes what is sent.')
    }, timeoutMs)
    socket.on('error', ({ message }) => fail(`${message}.`, remedyFor(target)))
    socket.on(target.tls ? 'secureConnect' : 'connect', () => socket.end(bytes))
    // What it says is not read, but would keep the connection open.
    socket.resume()
    socket.on('close', () => end({ ok: true }))
  })
}

const remedyFor = ({ tls }: StreamTarget): string =>
  tls
    ? 'Check host and port, that it speaks TLS there, and whose certificate it shows.'
    : 'Check host and port, and that it listens there.'

function open({ host, port, tls, ca }: StreamTarget, address: string): Socket {
  if (!tls) return connectPlain({ host: address, port })
  return connectTls({
    host: address,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
  })
}
