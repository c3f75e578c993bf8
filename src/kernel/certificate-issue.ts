/**
 * Makes certificates. The library takes 0.2 s to load, so this file is imported only when one has
 * to be made; reading and checking them is node:crypto's work.
 */
import 'reflect-metadata'
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'
import { encodeNameConstraints, nameConstraintsOid } from './name-constraints.ts'

/** A certificate and its key, both PEM. */
export interface Issued {
  readonly cert: string
  readonly key: string
}

const day = 86_400_000
const year = 365 * day

/** ECDSA P-256 with SHA-256: every TLS client of the last ten years takes it. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/**
 * Clocks of client machines run behind ours; a certificate is valid from a day before it was made.
 */
const backdate = day
export const authorityLifetime = 10 * year
export const serverLifetime = 90 * day

/**
 * A certificate authority for exactly `hosts`. With `key` given it is renewed: the same name and
 * key, a new validity; clients that trust the old certificate then go on trusting what is signed
 * with it (RFC 5280, section 6.1.1 (d): a trust anchor is a name and a key).
 */
export async function issueAuthority(
  hosts: readonly string[],
  now: number,
  renewed?: { readonly key: string; readonly name: string },
): Promise<Issued> {
  const keys = renewed ? await importPair(renewed.key) : await newPair()
  // A number in the name tells the authorities of two installations, or two of one, apart in a
  // trust store.
  const name = renewed?.name ?? `CN=Gatehouse local CA ${randomBytes(4).toString('hex')}`
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(now - backdate),
    notAfter: new Date(now + authorityLifetime),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      new x509.Extension(nameConstraintsOid, true, encodeNameConstraints(hosts)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { cert: pem(cert), key: renewed?.key ?? (await exportKey(keys.privateKey)) }
}

/**
 * A server certificate for `hosts` with a key of its own, signed by the authority; it never
 * outlives it.
 */
export async function issueServer(
  hosts: readonly string[],
  now: number,
  authority: Issued,
): Promise<Issued> {
  const keys = await newPair()
  const issuer = new x509.X509Certificate(authority.cert)
  const { privateKey: signingKey } = await importPair(authority.key)
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    // The name says nothing to clients: they read the alternative names only (RFC 9525, section 2).
    subject: 'CN=Gatehouse server',
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    notBefore: new Date(now - backdate),
    notAfter: new Date(Math.min(now + serverLifetime, issuer.notAfter.getTime())),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((host) => ({
          type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const),
          value: host,
        })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return { cert: pem(cert), key: await exportKey(keys.privateKey) }
}

/** 127 random bits, positive, never zero (RFC 5280, section 4.1.2.2). */
function newSerial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

const pem = (cert: x509.X509Certificate): string => `${cert.toString('pem').trim()}\n`

function newPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function exportKey(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key))
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString()
}

async function importPair(pemKey: string): Promise<CryptoKeyPair> {
  const pkcs8 = createPrivateKey(pemKey).export({ format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(pemKey).export({ format: 'der', type: 'spki' })
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', bytes(pkcs8), algorithm, true, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', bytes(spki), algorithm, true, ['verify']),
  }
}

const bytes = (buffer: Buffer): Uint8Array<ArrayBuffer> => Uint8Array.from(buffer)
