import { describe, expect, it } from 'vitest'
import { isOnThisMachine } from './hand-over.ts'

describe('the address that the answer goes to', () => {
  it('is on this machine, on any port', () => {
    for (const address of [
      'http://127.0.0.1:43121/callback?code=x&state=y',
      'http://[::1]:1455/auth/callback?code=x',
      'http://localhost:1455/auth/callback',
    ])
      expect(isOnThisMachine(address)).toBe(true)
  })

  it('is nowhere else', () => {
    for (const address of [
      'https://evil.example/callback',
      'http://127.0.0.1.evil.example/callback',
      'http://127.0.0.1@evil.example/callback',
      'http://evil.example@127.0.0.1/callback',
      'javascript:alert(1)//127.0.0.1',
      '//127.0.0.1/callback',
      '/callback',
      '',
    ])
      expect(isOnThisMachine(address)).toBe(false)
  })
})
