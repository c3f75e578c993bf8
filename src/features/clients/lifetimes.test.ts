import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { day, hour, minute, second } from '#kernel/clock.ts'
import { keyRotation, lifetimes } from './lifetimes.ts'

const units: Readonly<Record<string, number>> = { second, minute, hour, day }

/** The rows of the table in docs/clients.md: what, and how long (ms). */
function documented(): Readonly<Record<string, number>> {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/clients.md'), 'utf8')
  const [, section = ''] = text.split('\n## Lifetimes\n')
  const rows = (section.split('\n## ')[0] ?? '').matchAll(
    /^\| ([^|]+?) +\| (\d+) (second|minute|hour|day)s? +\|/gm,
  )
  return Object.fromEntries(
    [...rows].map(([, what = '', n = '', unit = '']) => [what, Number(n) * (units[unit] ?? NaN)]),
  )
}

describe('lifetimes', () => {
  it('are what the documentation states', () => {
    expect(documented()).toEqual({
      'Request to sign in': lifetimes.authorization,
      'Authorization code': lifetimes.code,
      'Device code': lifetimes.deviceCode,
      'Access token': lifetimes.access,
      'Id token': lifetimes.idToken,
      'Refresh token': lifetimes.refresh,
      'Used refresh token': lifetimes.refreshGrace,
      'Signing key, signs': keyRotation.every,
      'Signing key, before': keyRotation.ahead,
      'Signing key, after': keyRotation.overlap,
    })
  })

  it('keep a signing key published for longer than anything that it signed lives', () => {
    expect(keyRotation.overlap).toBeGreaterThan(Math.max(lifetimes.access, lifetimes.idToken))
    expect(keyRotation.every).toBeGreaterThan(keyRotation.ahead)
  })
})
