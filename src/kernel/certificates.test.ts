import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { issueServer } from './certificate-issue.ts'
import { type Certificates, ensureCertificates, loadGivenCertificates } from './certificates.ts'
import { Problem } from './problem.ts'

const day = 86_400_000
const now = Date.now()
const hosts = ['gatehouse.example', '[2001:DB8::1]', '0.0.0.0']
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-tls-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A whole TLS handshake and request on loopback, the certificate checked for `servername`. */
async function call(
  { cert, key }: { cert: string; key: string },
  ca: string,
  servername: string,
): Promise<string> {
  const server = createServer({ cert, key }, (_, response) => response.end('hello'))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  try {
    return await new Promise<string>((done, fail) => {
      const call = request(
        { host: '127.0.0.1', port, ca, servername, agent: false },
        (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (part: string) => (text += part))
          response.on('end', () => done(text))
        },
      )
      call.on('error', fail).end()
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const ca = ({ caPem }: Certificates) => caPem!
const read = (name: string) => readFile(join(folder, name), 'utf8')

describe('ensureCertificates', () => {
  it('makes a certificate that clients accept when they trust the authority, and not else', async () => {
    const made = await ensureCertificates(folder, { hosts, now })
    expect(await call(made, ca(made), 'gatehouse.example')).toBe('hello')
    expect(await call(made, ca(made), 'localhost')).toBe('hello')
    await expect(call(made, ca(made), 'other.example')).rejects.toThrow(/altnames/)
    const other = await ensureCertificates(join(folder, 'other'), { hosts, now })
    await expect(call(made, ca(other), 'localhost')).rejects.toThrow()
  })

  it('names the hosts and loopback, and ends after ninety days', async () => {
    const made = await ensureCertificates(folder, { hosts, now })
    const server = new X509Certificate(made.cert)
    for (const address of ['127.0.0.1', '::1', '2001:db8::1'])
      expect(server.checkIP(address)).toBe(address)
    expect(server.checkHost('gatehouse.example')).toBe('gatehouse.example')
    expect(server.subjectAltName).not.toContain('0.0.0.0')
    expect(made.expiresAt).toBe(Math.floor((now + 90 * day) / 1000) * 1000)
    expect(made.uncovered).toEqual([])
    const authority = new X509Certificate(ca(made))
    expect([authority.ca, server.ca]).toEqual([true, false])
    expect(authority.validToDate.getTime()).toBeGreaterThan(now + 3649 * day)
  })

  it('keeps keys to its owner and leaves no partial files', async () => {
    await ensureCertificates(folder, { hosts, now })
    for (const name of ['ca.key', 'server.key'])
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    await expect(read('ca.key.new')).rejects.toThrow(/ENOENT/)
  })

  it('only reads while nothing has to change', async () => {
    const first = await ensureCertificates(folder, { hosts, now })
    expect(await ensureCertificates(folder, { hosts, now: now + 59 * day })).toEqual(first)
  })

  it('renews the server certificate a month before its end, under the same authority', async () => {
    const first = await ensureCertificates(folder, { hosts, now })
    const later = await ensureCertificates(folder, { hosts, now: now + 61 * day })
    expect(later.cert).not.toBe(first.cert)
    expect(later.caPem).toBe(first.caPem)
    expect(later.expiresAt).toBeGreaterThan(first.expiresAt)
  })

  it('renews the authority in its last year, and machines that trust the old one still connect', async () => {
    const then = now - 3300 * day
    const first = await ensureCertificates(folder, { hosts, now: then })
    const renewed = await ensureCertificates(folder, { hosts, now })
    expect(renewed.caPem).not.toBe(first.caPem)
    expect(new X509Certificate(ca(renewed)).subject).toBe(new X509Certificate(ca(first)).subject)
    expect(await call(renewed, ca(first), 'gatehouse.example')).toBe('hello')
    expect(await call(renewed, ca(renewed), 'gatehouse.example')).toBe('hello')
  })

  it('cannot vouch for names it was not made for, even by its own key', async () => {
    const made = await ensureCertificates(folder, { hosts, now })
    const authority = { cert: ca(made), key: await read('ca.key') }
    const forged = await issueServer(['api.vendor.example'], now, authority)
    await expect(call(forged, authority.cert, 'api.vendor.example')).rejects.toThrow(/subtree/)
  })

  it('takes a new host while only loopback was served, and later leaves the authority alone', async () => {
    const local = await ensureCertificates(folder, { hosts: ['127.0.0.1'], now })
    const first = await ensureCertificates(folder, { hosts: ['a.example'], now })
    expect(first.caPem).not.toBe(local.caPem)
    const second = await ensureCertificates(folder, { hosts: ['b.example', 'x.a.example'], now })
    expect(second.caPem).toBe(first.caPem)
    expect(second.uncovered).toEqual(['b.example'])
    expect(await call(second, ca(first), 'a.example')).toBe('hello')
    expect(await call(second, ca(first), 'x.a.example')).toBe('hello')
    expect(await ensureCertificates(folder, { hosts: ['b.example', 'x.a.example'], now })).toEqual(
      second,
    )
  })

  it('replaces what is broken or does not belong together', async () => {
    const first = await ensureCertificates(folder, { hosts, now })
    await writeFile(join(folder, 'server.crt'), 'garbage')
    const second = await ensureCertificates(folder, { hosts, now })
    expect(await call(second, ca(first), 'localhost')).toBe('hello')
    await writeFile(join(folder, 'server.key'), await read('ca.key'))
    const third = await ensureCertificates(folder, { hosts, now })
    expect(third.key).not.toBe(await read('ca.key'))
    expect(await call(third, ca(first), 'localhost')).toBe('hello')
  })
})

describe('loadGivenCertificates', () => {
  const file = (name: string) => join(folder, name)
  const load = (at = now) => loadGivenCertificates(file('server.crt'), file('server.key'), at)

  it('takes a certificate and its key', async () => {
    const made = await ensureCertificates(folder, { hosts, now })
    expect(await load()).toEqual({ ...made, source: 'given', caPem: undefined })
  })

  it('says what is wrong with them', async () => {
    await ensureCertificates(folder, { hosts, now })
    await expect(load(now + 91 * day)).rejects.toThrow(/server\.crt ended at/)
    await expect(load(now - 2 * day)).rejects.toThrow(/valid only from/)
    await expect(loadGivenCertificates(file('ca.crt'), file('server.key'), now)).rejects.toThrow(
      /does not belong/,
    )
    await expect(loadGivenCertificates(file('none'), file('server.key'), now)).rejects.toThrow(
      /none cannot be read/,
    )
    await expect(
      loadGivenCertificates(file('server.key'), file('server.key'), now),
    ).rejects.toThrow(/holds no certificate/)
    await writeFile(file('server.key'), '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n')
    const failure = await load().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Problem)
    expect((failure as Problem).message).toMatch(/is encrypted/)
  })
})
