import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRobots } from './robots.ts'

const AT = 'https://x.example/robots.txt'
const AGENT = 'Gatehouse/0.2 (+https://gatehouse.example)'

/** Whether each path is allowed to us by these lines. */
const allowed = (lines: string, ...paths: string[]) =>
  paths.map((path) => readRobots(lines, AT).allowed(`https://x.example${path}`, AGENT))

describe('robots.txt', () => {
  it('allows what nothing forbids', () => {
    expect(allowed('', '/', '/a')).toEqual([true, true])
    expect(allowed('User-agent: *\nDisallow:', '/a')).toEqual([true])
    expect(allowed('Disallow: /', '/a')).toEqual([true])
    expect(allowed('User-agent: *\nDisallow: /', '/robots.txt', '/a')).toEqual([true, false])
  })

  it('lets the group of our name count, else the one for all', () => {
    const text = `User-agent: other
User-agent: GATEHOUSE/9
Sitemap: /s.xml
User-agent: third
Disallow: /mine # comment
Crawl-delay: 2.5

user-agent: *
disallow: /all
User-agent: gatehouse
Disallow: /more`
    expect(allowed(text, '/mine', '/more', '/all')).toEqual([false, false, true])
    const rules = readRobots(text, AT)
    expect(rules.allowed('https://x.example/all', 'Someone')).toBe(false)
    expect(rules.allowed('https://x.example/mine', 'third')).toBe(false)
    expect(rules.crawlDelaySeconds(AGENT)).toBe(2.5)
    expect(rules.crawlDelaySeconds('Someone')).toBeNull()
    expect(rules.sitemaps).toEqual(['https://x.example/s.xml'])
  })

  it('lets the longest rule decide, and the allowing one of two', () => {
    const text =
      'User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nAllow: /d\nDisallow: /d'
    expect(allowed(text, '/a', '/a/b', '/a/b/cd', '/d')).toEqual([false, true, false, true])
  })

  it('knows stars and the end', () => {
    const text =
      'User-agent: *\nDisallow: /*.pdf$\nDisallow: /p*q*r\nDisallow: /exact$\nDisallow: *x=1'
    expect(
      allowed(text, '/a.pdf', '/a.pdf?b', '/pp/q/r/s', '/prq', '/exact', '/exact/', '/y?x=1'),
    ).toEqual([false, true, false, true, false, true, false])
  })

  it('compares octets however they are written', () => {
    const text = 'User-agent: *\nDisallow: /ü\nDisallow: /%62%61z\nDisallow: /s%2fx'
    expect(allowed(text, '/%c3%bc', '/ü', '/baz', '/s%2Fx', '/s/x')).toEqual([
      false,
      false,
      false,
      false,
      true,
    ])
  })

  it('answers for its own origin only', () => {
    const rules = readRobots('', AT)
    expect(rules.allowed('https://x.example:8443/', AGENT)).toBe(false)
    expect(rules.allowed('http://x.example/', AGENT)).toBe(false)
    expect(rules.allowed('nonsense', AGENT)).toBe(false)
  })

  it('takes only delays that can be waited for', () => {
    const delay = (value: string) =>
      readRobots(`User-agent: *\nCrawl-delay: ${value}`, AT).crawlDelaySeconds(AGENT)
    expect(['1', '0.5', '', '-1', 'x', '1e999'].map(delay)).toEqual([
      1,
      0.5,
      null,
      null,
      null,
      null,
    ])
  })

  it('fits a pattern as a search through all splits would', () => {
    /** The definition, in exponential time: a star is any text. */
    const slow = (pattern: string, path: string): boolean => {
      if (pattern === '') return true
      if (pattern === '$') return path === ''
      if (pattern[0] === '*')
        return slow(pattern.slice(1), path) || (path !== '' && slow(pattern, path.slice(1)))
      return path[0] === pattern[0] && slow(pattern.slice(1), path.slice(1))
    }
    const letters = fc.array(fc.constantFrom('a', 'b', '*', '/'), { maxLength: 8 })
    fc.assert(
      fc.property(letters, fc.boolean(), letters, (pattern, toEnd, rest) => {
        const rule = `/${pattern.join('')}${toEnd ? '$' : ''}`
        const path = `/${rest.filter((c) => c !== '*').join('')}`
        expect(allowed(`User-agent: *\nDisallow: ${rule}`, path)).toEqual([!slow(rule, path)])
      }),
      { numRuns: 2000 },
    )
  })

  it('never throws, and is quick for a file made to be slow', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, path) => {
        const rules = readRobots(`User-agent: *\nDisallow: ${text}`, AT)
        expect(typeof rules.allowed(`https://x.example/${path}`, text)).toBe('boolean')
      }),
    )
    const slow = `User-agent: *\nDisallow: /${'*a'.repeat(250_000)}`
    expect(allowed(slow, `/${'a'.repeat(2000)}`)).toEqual([true])
  })
})
