import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { isIP } from 'node:net'
import { dirname, join } from 'node:path'
import type { Issued } from './certificate-issue.ts'
import { decodeNameConstraints, permits } from './name-constraints.ts'
import { Problem } from './problem.ts'

/** What a TLS listener needs, PEM throughout. */
export interface Certificates {
  readonly source: 'given' | 'local-ca'
  readonly cert: string
  readonly key: string
  /** The local authority's certificate, for machines to trust; undefined for given files. */
  readonly caPem: string | undefined
  /** When `cert` ends, in milliseconds since the epoch. */
  readonly expiresAt: number
  /** Hosts asked for that the local authority may not vouch for, see {@link ensureCertificates}. */
  readonly uncovered: readonly string[]
}

const day = 86_400_000
/** A server certificate with less than this left is replaced. */
const renewServerBefore = 30 * day
/** An authority with less than this left gets a new validity. */
const renewAuthorityBefore = 365 * day

/** Always in the certificate: health checks and clients on the machine itself. */
const loopback = ['localhost', '127.0.0.1', '::1'] as const

/**
 * Certificates of our own making, in `folder`: `ca.crt`, `ca.key`, `server.crt`, `server.key`; what
 * is missing, broken or about to end is made anew, the rest is only read, so it may be called as
 * often as one likes. `hosts` are names or addresses that clients call; wildcard addresses
 * (0.0.0.0) are left out. `now` is in milliseconds.
 *
 * The authority may vouch only for the hosts it was made for. It is replaced by itself while those
 * are this machine's loopback alone, since no other machine can depend on it then. Later it stays,
 * because replacing it locks every machine out that trusts it: hosts outside of it are reported as
 * `uncovered`, and deleting `ca.crt` is the admin's decision.
 */
export async function ensureCertificates(
  folder: string,
  { hosts, now }: { readonly hosts: readonly string[]; readonly now: number },
): Promise<Certificates> {
  const files = {
    caCert: join(folder, 'ca.crt'),
    caKey: join(folder, 'ca.key'),
    cert: join(folder, 'server.crt'),
    key: join(folder, 'server.key'),
  }
  const wanted = [...new Set([...hosts.map(plainHost).filter(isCallable), ...loopback])]
  await mkdir(folder, { recursive: true, mode: 0o700 })

  const found = await readPair(files.caCert, files.caKey)
  const authority = await currentAuthority(found, wanted, now)
  if (authority !== found) await writePair(files.caCert, files.caKey, authority)

  const allowed = constraintsOf(authority.cert)
  const uncovered = wanted.filter((host) => !permits(allowed, host))
  const names = [...new Set([...allowed, ...wanted.filter((host) => permits(allowed, host))])]
  let server = await readPair(files.cert, files.key)
  if (!server || !isUsable(server, authority, names, now)) {
    const { issueServer } = await import('./certificate-issue.ts')
    server = await issueServer(names, now, authority)
    await writePair(files.cert, files.key, server)
  }
  return {
    source: 'local-ca',
    ...server,
    caPem: authority.cert,
    expiresAt: new X509Certificate(server.cert).validToDate.getTime(),
    uncovered,
  }
}

/**
 * Certificate and key from files of the admin's. The first certificate is the server's, the rest
 * its chain. Throws a {@link Problem} that names the file and what is wrong with it: unreadable,
 * not PEM, an encrypted or foreign key, not valid now. `now` is in milliseconds.
 */
export async function loadGivenCertificates(
  certFile: string,
  keyFile: string,
  now: number,
): Promise<Certificates> {
  const cert = await readGiven(certFile, 'GATEHOUSE_TLS_CERT')
  const key = await readGiven(keyFile, 'GATEHOUSE_TLS_KEY')
  const leaf = parsed(
    () => new X509Certificate(cert),
    `${certFile} holds no certificate in PEM form.`,
  )
  const secret = parsed(
    () => createPrivateKey(key),
    key.includes('ENCRYPTED')
      ? `The key in ${keyFile} is encrypted.`
      : `${keyFile} holds no private key in PEM form.`,
  )
  if (!leaf.checkPrivateKey(secret))
    throw unusable(`The key in ${keyFile} does not belong to the first certificate in ${certFile}.`)
  const expiresAt = leaf.validToDate.getTime()
  if (expiresAt <= now)
    throw unusable(`The certificate in ${certFile} ended at ${leaf.validToDate.toISOString()}.`)
  if (leaf.validFromDate.getTime() > now)
    throw unusable(
      `The certificate in ${certFile} is valid only from ${leaf.validFromDate.toISOString()}.`,
    )
  return { source: 'given', cert, key, caPem: undefined, expiresAt, uncovered: [] }
}

/** The authority that stays, the same one with a new validity, or a new one. */
async function currentAuthority(
  found: Issued | undefined,
  wanted: readonly string[],
  now: number,
): Promise<Issued> {
  const cert = found && new X509Certificate(found.cert)
  const allowed = found ? constraintsOf(found.cert) : []
  const local = allowed.every((host) => (loopback as readonly string[]).includes(host))
  const covers = wanted.every((host) => permits(allowed, host))
  if (!found || !cert || (local && !covers)) {
    const { issueAuthority } = await import('./certificate-issue.ts')
    return issueAuthority(wanted, now)
  }
  if (cert.validToDate.getTime() - now >= renewAuthorityBefore) return found
  const { issueAuthority } = await import('./certificate-issue.ts')
  return issueAuthority(allowed, now, { key: found.key, name: cert.subject })
}

function isUsable(
  { cert }: Issued,
  authority: Issued,
  names: readonly string[],
  now: number,
): boolean {
  const server = new X509Certificate(cert)
  return (
    server.validToDate.getTime() - now >= renewServerBefore &&
    server.validFromDate.getTime() <= now &&
    server.verify(new X509Certificate(authority.cert).publicKey) &&
    names.every((name) =>
      isIP(name) === 0
        ? server.checkHost(name, { subject: 'never' }) !== undefined
        : server.checkIP(name) !== undefined,
    )
  )
}

/**
 * The names an authority of ours may vouch for; none for a certificate without constraints we can
 * read.
 */
function constraintsOf(cert: string): readonly string[] {
  const der = new X509Certificate(cert).raw
  // The extension's value follows its identifier (2.5.29.30), the critical flag and an OCTET STRING
  // header.
  const at = der.indexOf(Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x1e, 0x01, 0x01, 0xff, 0x04]))
  if (at === -1) return []
  const length = der[at + 9] ?? 0
  return decodeNameConstraints(der.subarray(at + (length < 128 ? 10 : 10 + (length & 127)))) ?? []
}

/**
 * A certificate with the key that belongs to it; undefined when either is missing or they do not
 * match.
 */
async function readPair(certFile: string, keyFile: string): Promise<Issued | undefined> {
  const [cert, key] = await Promise.all([readIfThere(certFile), readIfThere(keyFile)])
  if (cert === undefined || key === undefined) return undefined
  try {
    const matches = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
    return matches ? { cert, key } : undefined
  } catch {
    return undefined
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The key first: a crash in between leaves a pair that does not match, which counts as none. */
async function writePair(certFile: string, keyFile: string, { cert, key }: Issued): Promise<void> {
  await replaceFile(keyFile, key, 0o600)
  await replaceFile(certFile, cert, 0o644)
}

/** All of the new content or all of the old, after a power failure too. */
async function replaceFile(file: string, content: string, mode: number): Promise<void> {
  const partial = `${file}.new`
  const handle = await open(partial, 'w', mode)
  try {
    await handle.chmod(mode)
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(partial, file)
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Names compare in lower case; URLs write IPv6 addresses in brackets. */
const plainHost = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase()
const isCallable = (host: string): boolean => host !== '' && host !== '0.0.0.0' && host !== '::'

async function readGiven(file: string, variable: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Problem('wrong_state', `${file} cannot be read: ${(error as Error).message}.`, {
      remedy: `Check ${variable} and the permissions of the file.`,
      cause: error,
    })
  }
}

function parsed<T>(parse: () => T, detail: string): T {
  try {
    return parse()
  } catch (error) {
    throw unusable(detail, error)
  }
}

function unusable(detail: string, cause?: unknown): Problem {
  return new Problem('wrong_state', detail, {
    remedy:
      'Put a PEM certificate with its chain and its unencrypted key there; they are read again within a minute.',
    cause,
  })
}
