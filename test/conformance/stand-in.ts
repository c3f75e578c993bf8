// tsyringe, below @peculiar/x509, refuses to load without it.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
import { sandboxFolder } from './sandbox.ts'

/**
 * A configuration server that delivers whatever it is given, also what Gatehouse would never serve. It exists to ask the
 * client what it thinks of a document, not to stand for the product: every test of the product runs against the product.
 */
export interface StandIn {
  readonly caFile: string
  readonly requests: number
  deliver(toml: string): void
  /** Fragments for the machine whose base address ends with this key, highest priority first. */
  deliverTo(key: string, fragments: readonly string[], defaults?: readonly string[]): void
  close(): Promise<void>
}

/** @param port fixed by the caller: the client derives the name of its cache from the address. */
export async function startStandIn(port: number): Promise<StandIn> {
  const folder = mkdtempSync(join(sandboxFolder(), 'stand-in-'))
  const made = await certificates()
  const caFile = join(folder, 'ca.crt')
  writeFileSync(caFile, made.ca)
  let everybody: readonly string[] = ['']
  const some = new Map<string, { requirements: readonly string[]; defaults: readonly string[] }>()
  let requests = 0
  const server = createServer({ key: made.key, cert: made.cert }, (request, response) => {
    requests += 1
    const key = /^\/c\/([^/]+)/.exec(request.url ?? '')?.[1] ?? ''
    const { requirements, defaults } = some.get(key) ?? { requirements: everybody, defaults: [] }
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        requirements_toml: { enterprise_managed: fragments(requirements) },
        config_toml: { enterprise_managed: fragments(defaults) },
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    caFile,
    get requests() {
      return requests
    },
    deliver: (toml) => {
      everybody = [toml]
    },
    deliverTo: (key, requirements, defaults = []) => {
      some.set(key, { requirements, defaults })
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const fragments = (texts: readonly string[]) =>
  texts.map((contents, index) => ({
    id: `pol_standin${index}`,
    name: `Stand-in ${index}`,
    contents,
  }))

async function certificates() {
  const provider = webcrypto as Crypto
  x509.cryptoProvider.set(provider)
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const caKeys = await provider.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const keys = await provider.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const validity = {
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: algorithm,
  }
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=Stand-in CA',
    keys: caKeys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  })
  const leaf = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=127.0.0.1',
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
  })
  const key = Buffer.from(await provider.subtle.exportKey('pkcs8', keys.privateKey))
  return {
    ca: ca.toString('pem'),
    cert: leaf.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${key.toString('base64')}\n-----END PRIVATE KEY-----\n`,
  }
}
