import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSecrets, keysFromFile, parseKeys } from './secrets.ts'

const key = randomBytes(32)
const secrets = createSecrets([key])

describe('sealed secrets', () => {
  it('open again in their context', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        expect(secrets.open(secrets.seal(text, context), context)).toBe(text)
      }),
    )
  })

  it('differ each time and never show the text', () => {
    const [a, b] = [secrets.seal('swordfish', 'x'), secrets.seal('swordfish', 'x')]
    expect(a).not.toBe(b)
    expect(a).not.toContain('swordfish')
    expect(a).not.toContain(Buffer.from('swordfish').toString('base64url'))
  })

  it('do not open in another context, with another key, or changed by a single bit', () => {
    const sealed = secrets.seal('swordfish', 'mail.password')
    expect(() => secrets.open(sealed, 'mail.user')).toThrow('belongs to something else')
    expect(() => createSecrets([randomBytes(32)]).open(sealed, 'mail.password')).toThrow('not here')
    expect(() => secrets.open('swordfish', 'mail.password')).toThrow('form')
    const [version, id, text = ''] = sealed.split('.')
    const bytes = Buffer.from(text, 'base64url')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      const other = `${version}.${id}.${changed.toString('base64url')}`
      expect(() => secrets.open(other, 'mail.password')).toThrow('was changed')
    }
  })

  it('survive a new key put in front, and say that they are outdated', () => {
    const sealed = secrets.seal('swordfish', 'x')
    const rotated = createSecrets([randomBytes(32), key])
    expect(rotated.open(sealed, 'x')).toBe('swordfish')
    expect(rotated.outdated(sealed)).toBe(true)
    expect(rotated.outdated(rotated.seal('swordfish', 'x'))).toBe(false)
    expect(() => secrets.open(rotated.seal('swordfish', 'x'), 'x')).toThrow('not here')
  })
})

describe('derived keys', () => {
  it('are the same wherever the key file is, and differ by purpose', () => {
    const [one] = secrets.derive('a')
    expect(one).toHaveLength(32)
    expect(createSecrets([key]).derive('a')).toEqual([one])
    expect(secrets.derive('b')).not.toEqual([one])
    const rotated = createSecrets([randomBytes(32), key]).derive('a')
    expect(rotated).toHaveLength(2)
    expect(rotated[1]).toEqual(one)
  })
})

describe('the key file', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-key-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is made once, for its owner only, and read from then on', () => {
    const path = join(folder, 'secret.key')
    const first = keysFromFile(path)
    expect(first.made).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(keysFromFile(path)).toEqual({ keys: first.keys, made: false })
    expect(readdirSync(folder)).toEqual(['secret.key'])
  })

  it('is refused when others can read it', () => {
    const path = join(folder, 'secret.key')
    keysFromFile(path)
    chmodSync(path, 0o640)
    expect(() => keysFromFile(path)).toThrow('chmod 600')
  })

  it('is refused with anything but keys of 32 bytes in it', () => {
    const path = join(folder, 'secret.key')
    writeFileSync(path, 'a short one\n', { mode: 0o600 })
    expect(() => keysFromFile(path)).toThrow('32 random bytes')
    expect(parseKeys(`${key.toString('base64')}, ${key.toString('base64')}`, 'X')).toHaveLength(2)
  })
})
