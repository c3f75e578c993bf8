import { describe, expect, it } from 'vitest'
import { lifetimes } from '../lifetimes.ts'
import { refusalCause } from '../schema.ts'
import { clientSays, refusals, type OurTexts } from './places.ts'

const surface: OurTexts['surface'] = {
  codex_local: 'Codex is off.',
  device_code: 'No codes here.',
  access_tokens: 'No tokens here.',
  workspace_sign_in: 'No sign-in to the workspace.',
  config_server_sign_in: 'No sign-in to the configuration server.',
  role_administration: 'Only owners and admins.',
}
const texts: OurTexts = { surface, ownText: false, suspended: 'Your account is not active.' }
const find = (given: OurTexts, id: string) => refusals(given).find((place) => place.id === id)

describe('the places of a refusal', () => {
  it('have an id of their own, and cover every cause', () => {
    const all = refusals(texts)
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    expect(new Set(all.map(({ cause }) => cause))).toEqual(new Set(refusalCause.options))
    for (const { id, cause } of all) expect(id.startsWith(`${cause}.`)).toBe(true)
  })

  it('show the text of the workspace exactly where the client shows it', () => {
    const own = {
      ...texts,
      surface: { ...surface, codex_local: 'Back on Monday.' },
      ownText: true,
    }
    for (const place of refusals(own)) {
      const ours = [...Object.values(own.surface), own.suspended].some((text) =>
        place.reads.includes(text),
      )
      expect([place.id, ours]).toEqual([place.id, place.ours])
    }
    expect(find(own, 'codex_local.browser-callback')?.reads).toBe('Sign-in failed: Back on Monday.')
    expect(find(own, 'codex_local.device-exchange')?.reads).toMatch(/Forbidden: Back on Monday\.$/)
  })

  it('leave the client its own page where nobody has written a text', () => {
    const place = find(texts, 'codex_local.browser-callback')
    expect(place).toMatchObject({ reads: clientSays.noEntitlement, ours: false })
  })

  it.each(['device_code', 'workspace_sign_in', 'config_server_sign_in'])(
    'say that turning %s off ends no sign-in',
    (key) => {
      const its = refusals(texts).filter(({ cause }) => cause === key)
      expect(its.length).toBeGreaterThan(1)
      for (const { id, takesEffect } of its) {
        expect(takesEffect).toBe('At once.')
        expect(id).not.toMatch(/refresh|bundle/)
      }
    },
  )

  it('state the lifetime that the tokens have', () => {
    const hours = lifetimes.access / 3_600_000
    expect(find(texts, 'codex_local.refresh')?.takesEffect).toContain(`${hours} hours`)
  })
})
