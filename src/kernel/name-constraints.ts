import ipaddr from 'ipaddr.js'

/**
 * The name constraints of a certificate authority (RFC 5280, section 4.2.1.10): the host names and
 * addresses it may vouch for. Clients trust our authority for all their connections, so it must not
 * be able to speak for anybody else's names, even when its key gets out.
 */
export const nameConstraintsOid = '2.5.29.30'

const sequence = 0x30
/** [0] permittedSubtrees, constructed. */
const permitted = 0xa0
/** GeneralName choices, section 4.2.1.6: dNSName [2] IA5String, iPAddress [7] OCTET STRING. */
const dnsName = 0x82
const ipAddress = 0x87

/**
 * Takes exact host names and plain addresses; a permitted host name permits the names below it,
 * too.
 */
export function encodeNameConstraints(hosts: readonly string[]): Uint8Array<ArrayBuffer> {
  const subtrees = hosts.map((host) => tlv(sequence, generalName(host)))
  return tlv(sequence, tlv(permitted, concat(subtrees)))
}

/** Gives back what {@link encodeNameConstraints} took; null for bytes that it did not write. */
export function decodeNameConstraints(der: Uint8Array): readonly string[] | null {
  const list = inside(inside(der, sequence), permitted)
  if (list === null) return null
  const hosts: string[] = []
  for (let rest = list; rest.length > 0;) {
    const subtree = element(rest)
    const name = subtree?.tag === sequence ? element(subtree.value) : null
    if (!subtree || !name) return null
    const host = hostOf(name.tag, name.value)
    if (host === null) return null
    hosts.push(host)
    rest = rest.subarray(subtree.length)
  }
  return hosts
}

/** Whether an authority with these constraints may vouch for the host. */
export function permits(constraints: readonly string[], host: string): boolean {
  if (ipaddr.isValid(host)) {
    const address = ipaddr.parse(host).toNormalizedString()
    return constraints.some(
      (entry) => ipaddr.isValid(entry) && ipaddr.parse(entry).toNormalizedString() === address,
    )
  }
  const name = host.toLowerCase()
  return constraints.some((entry) => name === entry || name.endsWith(`.${entry}`))
}

function generalName(host: string): Uint8Array<ArrayBuffer> {
  if (!ipaddr.isValid(host)) return tlv(dnsName, new TextEncoder().encode(host))
  const address = ipaddr.parse(host).toByteArray()
  // An address is followed by its mask; all ones is this address alone.
  return tlv(ipAddress, Uint8Array.from([...address, ...address.map(() => 255)]))
}

function hostOf(tag: number, value: Uint8Array): string | null {
  if (tag === dnsName) return new TextDecoder().decode(value)
  if (tag !== ipAddress || (value.length !== 8 && value.length !== 32)) return null
  const [address, mask] = [value.subarray(0, value.length / 2), value.subarray(value.length / 2)]
  return mask.every((byte) => byte === 255) ? ipaddr.fromByteArray([...address]).toString() : null
}

function tlv(tag: number, value: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = value.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return concat([Uint8Array.from([tag, ...length]), value])
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

interface Element {
  readonly tag: number
  readonly value: Uint8Array
  /** Bytes of the whole element, tag and length included. */
  readonly length: number
}

function element(der: Uint8Array): Element | null {
  const [tag, first] = der
  if (tag === undefined || first === undefined) return null
  const lengthBytes = first < 128 ? 0 : first & 127
  if (lengthBytes > 2) return null
  const size =
    lengthBytes === 0
      ? first
      : der.subarray(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0)
  const length = 2 + lengthBytes + size
  return length > der.length ? null : { tag, value: der.subarray(2 + lengthBytes, length), length }
}

function inside(der: Uint8Array | null, tag: number): Uint8Array | null {
  const found = der === null ? null : element(der)
  return found?.tag === tag ? found.value : null
}
