import { describe, expect, it } from 'vitest'
import { outcomeOf, outcomeOfFailure, type Answered, type Expected } from './outcome.ts'

const url = 'https://docs.example/guide/page'
const page: Answered = {
  status: 200,
  headers: { 'content-type': 'text/html', etag: 'W/"1"', 'last-modified': 'yesterday' },
  body: Buffer.from('<!doctype html><p>text</p>'),
  url,
  movedTo: null,
  rendered: false,
}
const none: Expected = { conditional: false, within: undefined, was: undefined }
const judge = (answer: Partial<Answered>, expected: Partial<Expected> = {}) =>
  outcomeOf({ ...page, ...answer }, { ...none, ...expected }, 0)

describe('outcomeOf', () => {
  it('gives a page with what makes the next request a conditional one', () => {
    expect(judge({})).toEqual({
      ok: true,
      notModified: false,
      status: 200,
      bytes: page.body,
      contentType: 'text/html',
      etag: 'W/"1"',
      lastModified: 'yesterday',
      rendered: false,
      url,
      movedTo: null,
    })
    expect(judge({ rendered: true })).toMatchObject({ etag: null, lastModified: null })
  })

  it('takes 304 only where it was asked for', () => {
    const same = { status: 304, body: Buffer.alloc(0) }
    expect(judge(same, { conditional: true })).toMatchObject({ ok: true, notModified: true })
    expect(judge(same)).toMatchObject({ ok: false, kind: 'unreadable' })
  })

  it.each([
    [401, 'blocked', false],
    [402, 'blocked', false],
    [403, 'blocked', false],
    [451, 'blocked', false],
    [404, 'gone', false],
    [410, 'gone', false],
    [408, 'timeout', true],
    [429, 'rate_limited', true],
    [500, 'server_error', true],
    [503, 'server_error', true],
    [206, 'unreadable', false],
    [302, 'unreadable', false],
    [400, 'unreadable', false],
    [418, 'unreadable', false],
  ])('calls %i %s', (status, kind, temporary) => {
    const outcome = judge({ status, headers: { 'retry-after': '7' } })
    expect(outcome).toMatchObject({ ok: false, kind, status, temporary, url })
    expect(outcome).toMatchObject({ retryAfter: temporary ? 7000 : null })
  })

  it.each(['', ' \r\n\t ', '\uFEFF'])('calls %j empty', (text) => {
    expect(judge({ body: Buffer.from(text) })).toMatchObject({ kind: 'empty' })
  })

  it('does not take a challenge for a page, with whatever status', () => {
    const headers = { ...page.headers, 'cf-mitigated': 'challenge' }
    for (const status of [200, 403, 503])
      expect(judge({ headers, status })).toMatchObject({
        ok: false,
        kind: 'blocked',
        temporary: false,
      })
  })

  it('says when a page has left its source', () => {
    const within = 'https://docs.example/guide/'
    expect(judge({}, { within })).toMatchObject({ ok: true })
    expect(judge({ url: 'https://docs.example/guide' }, { within })).toMatchObject({ ok: true })
    const movedTo = 'https://new.example/page'
    expect(judge({ url: movedTo, movedTo }, { within })).toMatchObject({
      ok: false,
      kind: 'moved',
      movedTo,
      message: expect.stringContaining('has moved to https://new.example/page') as string,
    })
    // A page to sign in at, with status 200.
    expect(judge({ url: 'https://sso.example/login' }, { within })).toMatchObject({
      kind: 'moved',
      movedTo: null,
    })
    // Within the source, a move is only noted.
    expect(judge({ movedTo: url }, { within })).toMatchObject({ ok: true, movedTo: url })
  })

  it('says when a page has become something else', () => {
    const pdf = { headers: { 'content-type': 'application/pdf' }, body: Buffer.from('%PDF-1.7 …') }
    expect(judge(pdf, { was: 'html' })).toMatchObject({ kind: 'changed_kind' })
    expect(judge({}, { was: 'markdown' })).toMatchObject({ kind: 'changed_kind' })
    expect(judge({}, { was: 'html' })).toMatchObject({ ok: true })
    const markdown = { headers: { 'content-type': 'text/markdown' }, body: Buffer.from('# Page') }
    expect(judge(markdown, { was: 'html' })).toMatchObject({ ok: true })
    // Nothing is known yet: the extractor says what it can read.
    expect(judge(pdf)).toMatchObject({ ok: true, contentType: 'application/pdf' })
  })
})

describe('outcomeOfFailure', () => {
  it.each([
    ['refused', 'refused_address', false],
    ['unresolved', 'network', true],
    ['unreachable', 'network', true],
    ['broken_answer', 'network', true],
    ['timeout', 'timeout', true],
    ['tls', 'tls', false],
    ['too_large', 'too_large', false],
    ['too_many_redirects', 'unreadable', false],
    ['bad_redirect', 'unreadable', false],
    ['invalid_url', 'unreadable', false],
  ] as const)('calls %s %s', (from, kind, temporary) => {
    const failure = { ok: false, kind: from, url, message: 'So it was.', remedy: '' } as const
    expect(outcomeOfFailure(failure, null)).toMatchObject({
      ok: false,
      kind,
      temporary,
      message: 'So it was.',
      remedy: expect.stringMatching(/\.$/) as string,
    })
  })
})
