import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

/** A passkey with a real ES256 key, and every knob that an attacker would turn. */
export interface Authenticator {
  readonly credentialId: string
  /** How often it signed; set it back to play a copy. */
  counter: number
  create(options: Options, knobs?: Knobs): Answer
  get(options: Options, knobs?: Knobs): Answer
}
interface Options {
  readonly challenge: string
  readonly user?: { readonly id: string }
}
type Answer = Readonly<Record<string, unknown>>
export interface Knobs {
  readonly origin?: string
  readonly host?: string
  readonly challenge?: string
  readonly type?: string
  /** Whether it checked who holds it. */
  readonly verified?: boolean
  readonly userHandle?: string | null
  readonly signature?: string
  /** Of the attestation: something else than `none`. */
  readonly attestation?: { readonly fmt: string; readonly attStmt: Map<string, unknown> }
}

const here = { origin: 'https://gatehouse.acme.example', host: 'gatehouse.acme.example' }
const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest()
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

export function newAuthenticator(): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(16)
  let userHandle = ''
  const clientData = (type: string, { challenge }: Options, knobs: Knobs): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: knobs.type ?? type,
        challenge: knobs.challenge ?? challenge,
        origin: knobs.origin ?? here.origin,
        crossOrigin: false,
      }),
    )
  const passkey: Authenticator = {
    credentialId: text(id),
    counter: 0,
    create(options, knobs = {}) {
      userHandle = options.user?.id ?? ''
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      const authData = Buffer.concat([
        head(knobs, 0x41, passkey.counter),
        Buffer.alloc(16),
        length,
        id,
        coseOf(publicKey),
      ])
      const { fmt, attStmt } = knobs.attestation ?? { fmt: 'none', attStmt: new Map() }
      const object = new Map<string, unknown>([
        ['fmt', fmt],
        ['attStmt', attStmt],
        ['authData', new Uint8Array(authData)],
      ])
      return {
        ...base(id),
        response: {
          clientDataJSON: text(clientData('webauthn.create', options, knobs)),
          attestationObject: text(isoCBOR.encode(object as never)),
          transports: ['internal'],
        },
      }
    },
    get(options, knobs = {}) {
      passkey.counter++
      const authData = head(knobs, 0x01, passkey.counter)
      const data = clientData('webauthn.get', options, knobs)
      const signature = signed(privateKey, Buffer.concat([authData, sha256(data)]))
      const handle = knobs.userHandle === undefined ? userHandle : knobs.userHandle
      return {
        ...base(id),
        response: {
          clientDataJSON: text(data),
          authenticatorData: text(authData),
          signature: knobs.signature ?? text(signature),
          ...(handle === null ? {} : { userHandle: handle }),
        },
      }
    },
  }
  return passkey
}

const base = (id: Buffer) => ({
  id: text(id),
  rawId: text(id),
  type: 'public-key',
  clientExtensionResults: {},
})

const signed = (key: KeyObject, data: Buffer): Buffer => sign('sha256', data, key)

/** WebAuthn, section 6.1: whose page, what was checked, how often it signed. */
function head(knobs: Knobs, flags: number, counter: number): Buffer {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  const verified = knobs.verified === false ? 0 : 0x04
  return Buffer.concat([sha256(knobs.host ?? here.host), Buffer.from([flags | verified]), count])
}

/** RFC 9053, section 7.1.1. */
function coseOf(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const bytes = (part: string) => new Uint8Array(Buffer.from(part, 'base64url'))
  const map = new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, bytes(x)],
    [-3, bytes(y)],
  ])
  return Buffer.from(isoCBOR.encode(map as never))
}
