import { argon2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashPassword, passwordComplaint, verifyPassword } from './passwords.ts'

const good = 'seven grey herons wade'
const email = 'ada.lovelace@analytical.example'

describe('stored passwords', () => {
  it('are Argon2id in the PHC form, salted, and verify', async () => {
    const [a, b] = await Promise.all([hashPassword(good), hashPassword(good)])
    expect(a).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(a).not.toBe(b)
    expect(await verifyPassword(good, a)).toEqual({ ok: true, outdated: false })
    expect(await verifyPassword(`${good} `, a)).toEqual({ ok: false, outdated: false })
  })

  it('are the same however the letters are composed', async () => {
    const stored = await hashPassword('cafés of nouméa')
    expect((await verifyPassword('cafe\u0301s of noume\u0301a', stored)).ok).toBe(true)
  })

  it('made with other parameters still verify, and ask to be made anew', async () => {
    const salt = Buffer.alloc(16, 3)
    const options = { nonce: salt, memory: 8192, passes: 1, parallelism: 1, tagLength: 32 }
    const tag = argon2Sync('argon2id', { message: good, ...options })
    const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
    const stored = `$argon2id$v=19$m=8192,t=1,p=1$${text(salt)}$${text(tag)}`
    expect(await verifyPassword(good, stored)).toEqual({ ok: true, outdated: true })
    expect(await verifyPassword('another one', stored)).toEqual({ ok: false, outdated: false })
  })

  it('that nobody has, or that are unreadable, cost as much as a wrong one and are never right', async () => {
    const stored = await hashPassword(good)
    const median = async (hash: string | null) => {
      const runs: number[] = []
      for (let i = 0; i < 7; i++) {
        const started = performance.now()
        expect((await verifyPassword('a wrong password', hash)).ok).toBe(false)
        runs.push(performance.now() - started)
      }
      return runs.sort((a, b) => a - b)[3]!
    }
    const [known, unknown, broken] = [await median(stored), await median(null), await median('md5')]
    // Without the stand-in these would be thousands of times smaller.
    expect(unknown / known).toBeGreaterThan(0.3)
    expect(broken / known).toBeGreaterThan(0.3)
  })

  it('refuse a queue that could not be answered in time', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 110 }, () => verifyPassword('x', '$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAA')), // prettier-ignore
    )
    expect(results.filter((r) => r.status === 'rejected')).toHaveLength(7)
    expect((await verifyPassword('x', null)).ok).toBe(false)
  })
})

describe('new passwords', () => {
  it.each([
    ['eleven char', 'at least 12'],
    ['ü'.repeat(513), 'at most 512'],
    ['password1234', 'tried first'],
    ['P@ssw0rd!2024', 'tried first'],
    ['qwertyuiop123', 'tried first'],
    ['aaaaaaaaaaaaaaa', 'tried first'],
    ['abcabcabcabcab', 'tried first'],
    ['123456789012', 'tried first'],
    ['098765432109', 'tried first'],
    [email, 'e-mail address'],
    ['ada.lovelace2026', 'e-mail address'],
    ['analytical.example1', 'e-mail address'],
  ])('refuses %s', (password, why) => {
    expect(passwordComplaint(password, email)).toContain(why)
  })

  it.each([good, 'Xk7-pQ9!vR2m', '𝔲𝔫𝔲𝔰𝔲𝔞𝔩 words 😀', 'ada.lovelace and her nine engines'])(
    'takes %s',
    (password) => {
      expect(passwordComplaint(password, email)).toBeUndefined()
    },
  )
})
