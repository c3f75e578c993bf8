import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import type { z } from 'zod'
import { minute } from '#kernel/clock.ts'
import type { passkeyEnrolment, passkeyProof } from '../second-factor/schema.ts'

/** Loaded when the first passkey is asked for: reading its ASN.1 tables would be a quarter of a start. */
const library = () => import('@simplewebauthn/server')

/** How long a challenge can be answered. */
export const challengeFor = 5 * minute

/** Who asks for passkeys: the address at which people open Gatehouse. */
export interface Party {
  readonly id: string
  readonly origin: string
}

/**
 * Undefined where passkeys cannot work: a browser takes a host name only, no address of a machine (WebAuthn level 3, section
 * 5.1.2, "effective domain"), and no page that came over plain http, unless from the machine itself.
 */
export function partyOf(siteUrl: string): Party | undefined {
  const { hostname, origin, protocol } = new URL(siteUrl)
  const isAddress = hostname.startsWith('[') || /^\d+(\.\d+){3}$/.test(hostname)
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost')
  if (isAddress || (protocol !== 'https:' && !isLocal)) return undefined
  return { id: hostname, origin }
}

export interface Known {
  readonly credentialId: string
  readonly transports: readonly string[]
}
const descriptors = (known: readonly Known[]) =>
  known.map(({ credentialId, transports }) => ({
    id: credentialId,
    // A text that a browser does not know is ignored by it (section 5.8.3).
    transports: [...transports] as ('usb' | 'internal')[],
  }))

/** `handle`: names the account to the authenticator, and is no personal data (section 14.6.1). */
export async function enrolmentOptions(
  party: Party,
  person: { readonly handle: string; readonly email: string; readonly name: string },
  known: readonly Known[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await library()
  return generateRegistrationOptions({
    rpName: 'Gatehouse',
    rpID: party.id,
    userID: new TextEncoder().encode(person.handle),
    userName: person.email,
    userDisplayName: person.name === '' ? person.email : person.name,
    timeout: challengeFor,
    // Nobody here decides by the make of a device, and asking for it would tell us more about her than we need.
    attestationType: 'none',
    excludeCredentials: descriptors(known),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** Without `known` the browser offers what it has: signing in without typing an e-mail address. */
export async function requestOptions(
  party: Party,
  known: readonly Known[] = [],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library()
  return generateAuthenticationOptions({
    rpID: party.id,
    timeout: challengeFor,
    userVerification: 'required',
    ...(known.length === 0 ? {} : { allowCredentials: descriptors(known) }),
  })
}

export interface Enrolled {
  readonly credentialId: string
  readonly publicKey: string
  readonly signCount: number
  readonly transports: readonly string[]
  readonly synced: boolean
}

/** What the answer enrols, or why it enrols nothing. */
export async function readEnrolment(
  party: Party,
  answer: z.output<typeof passkeyEnrolment>,
  challenge: string,
): Promise<Enrolled | { readonly refused: string }> {
  try {
    const { transports = [], ...response } = answer.response
    await refuseCertificates(response.attestationObject)
    const { verifyRegistrationResponse } = await library()
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...answer, response },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
    })
    if (!verified) return { refused: 'The answer is not signed as it should be.' }
    const { credential, credentialBackedUp } = registrationInfo
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      signCount: credential.counter,
      transports,
      synced: credentialBackedUp,
    }
  } catch (error) {
    return { refused: messageOf(error) }
  }
}

/**
 * We ask for no attestation, so a browser sends none with certificates (section 5.1.3). Checking one would follow the
 * addresses of revocation lists that it names: a way to make the server call where its caller wants.
 */
async function refuseCertificates(attestationObject: string): Promise<void> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers')
  const object = decodeAttestationObject(bytesOf(attestationObject))
  const format = object.get('fmt')
  const certified = format !== 'none' && object.get('attStmt').get('x5c') !== undefined
  if (certified || (format !== 'none' && format !== 'packed'))
    throw new Error('An attestation came that was not asked for.')
}

export interface Proof {
  readonly signCount: number
  readonly synced: boolean
}

/** What the answer proves about the holder of the key, or why it proves nothing. The counter is for the caller to judge. */
export async function readProof(
  party: Party,
  answer: z.output<typeof passkeyProof>,
  challenge: string,
  publicKey: string,
): Promise<Proof | { readonly refused: string }> {
  try {
    // Whose it is, the caller compares.
    const { userHandle: _, ...response } = answer.response
    const { verifyAuthenticationResponse } = await library()
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...answer, response },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: { id: answer.id, publicKey: bytesOf(publicKey), counter: 0 },
    })
    if (!verified) return { refused: 'The signature is wrong.' }
    const { newCounter, credentialBackedUp } = authenticationInfo
    return { signCount: newCounter, synced: credentialBackedUp }
  } catch (error) {
    return { refused: messageOf(error) }
  }
}

/**
 * A counter that does not rise tells of a second device with the same key (section 6.1.1). Synced passkeys do not count: they
 * say 0 always.
 */
export const isCloned = (before: number, now: number): boolean =>
  (before > 0 || now > 0) && now <= before

/** The challenge that an answer says it answers; an empty text when it cannot be read. */
export function challengeIn(clientDataJSON: string): string {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString())
    const challenge = (data as { challenge?: unknown } | null)?.challenge
    return typeof challenge === 'string' ? challenge : ''
  } catch {
    return ''
  }
}

/** A copy: the library wants memory that nobody shares. */
const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(text, 'base64url'))

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'The answer cannot be read.'
