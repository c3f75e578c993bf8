import { Secret, TOTP } from 'otpauth'

/** What every authenticator app does: SHA-1, six digits, 30 seconds (RFC 6238; 160 bits as RFC 4226, section 4, asks). */
const shape = { algorithm: 'SHA1', digits: 6, period: 30 } as const
const secretBytes = 20
/** One step to either side: a clock may be off, and typing takes a while (RFC 6238, section 5.2). */
const drift = 1

/** A new secret in base32. */
export const newSecret = (): string => new Secret({ size: secretBytes }).base32

/** The address that the QR code holds. */
export function totpAddress(secret: string, workspace: string, email: string): string {
  return new TOTP({ ...shape, secret, issuer: `Gatehouse ${workspace}`, label: email }).toString()
}

/** The time step whose code this is, or undefined. `now` in ms. Spaces that people and apps put between digits do not count. */
export function stepOf(secret: string, code: string, now: number): number | undefined {
  const token = code.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const totp = new TOTP({ ...shape, secret })
  const delta = totp.validate({ token, timestamp: now, window: drift })
  return delta === null ? undefined : Math.floor(now / 1000 / shape.period) + delta
}
