import { describe, expect, it } from 'vitest'
import { describeClient } from './client.ts'
import { cookieFor, expiredCookie, isSecure, sessionCookie } from './cookie.ts'

const request = (url: string, headers: Record<string, string> = {}) => new Request(url, { headers })

describe('the session cookie', () => {
  it.each([
    ['gh_session=abc', 'abc'],
    ['other=1; gh_session=abc; more=2', 'abc'],
    ['gh_session=', undefined],
    ['xgh_session=abc', undefined],
    ['', undefined],
  ])('is found in %s', (cookie, value) => {
    expect(sessionCookie(request('http://x/', { cookie }))).toBe(value)
  })

  it.each([
    // What the browser sees decides, whatever stands between.
    ['http://10.0.0.7/', 'https://gate.example', 'https://gate.example', true],
    ['http://127.0.0.1:7080/', 'http://127.0.0.1:7080', 'https://gate.example', false],
    // No browser: the connection, then the address of the pages.
    ['https://gate.example/', undefined, 'http://127.0.0.1:7080', true],
    ['http://10.0.0.7/', undefined, 'https://gate.example', true],
    ['http://10.0.0.7/', 'null', 'http://127.0.0.1:7080', false],
  ])('%s with Origin %s on %s: Secure %s', (url, origin, site, secure) => {
    const asked = request(url, origin === undefined ? {} : { origin })
    expect(isSecure(asked, site)).toBe(secure)
  })

  it('counts its age in seconds and is taken back with age 0', () => {
    expect(cookieFor('t', 1999, true)).toBe(
      'gh_session=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=1; Secure',
    )
    expect(expiredCookie(false)).toBe('gh_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0')
  })
})

describe('what a browser calls itself', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge on Windows'], // prettier-ignore
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15', 'Safari on macOS'], // prettier-ignore
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Mobile Safari/604.1', 'Safari on iOS'], // prettier-ignore
    ['curl/8.5.0', 'curl'],
    ['', 'Unknown'],
  ])('%s', (userAgent, name) => {
    expect(describeClient(userAgent)).toBe(name)
  })
})
