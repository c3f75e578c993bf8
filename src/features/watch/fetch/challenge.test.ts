import { describe, expect, it } from 'vitest'
import { challengeOf } from './challenge.ts'

const html = { 'content-type': 'text/html; charset=utf-8' }
const titled = (title: string): Buffer =>
  Buffer.from(`<!doctype html><head><title>${title}</title></head><body>…</body>`)

describe('challengeOf', () => {
  it.each([
    [{ ...html, 'cf-mitigated': 'challenge' }, titled('x'), 'Cloudflare'],
    [{ 'x-amzn-waf-action': 'captcha' }, Buffer.alloc(0), 'AWS WAF'],
    [{ 'x-vercel-mitigated': 'challenge' }, titled('x'), 'Vercel'],
    [html, titled('Just a moment...'), 'a page that tests for people'],
    [html, titled('\n Making sure you&#39;re not a bot! '), 'a page that tests for people'],
    [{}, titled('Attention Required! | Cloudflare'), 'a page that tests for people'],
    [html, Buffer.from('<iframe src="/_Incapsula_Resource?x=1">'), 'Imperva'],
  ])('knows %j', (headers, body, guard) => {
    expect(challengeOf(headers, body)).toBe(guard)
  })

  it.each([
    [html, titled('Just a moment... how to answer challenges')],
    [
      html,
      Buffer.from(`<title>Docs</title>${'text '.repeat(1000)}<script src="/_Incapsula_Resource">`),
    ],
    [{ 'content-type': 'text/markdown' }, Buffer.from('<title>Just a moment...</title>')],
    [{ ...html, 'x-amzn-waf-action': 'allow' }, titled('Docs')],
  ])('takes no page for one (%#)', (headers, body) => {
    expect(challengeOf(headers, body)).toBeUndefined()
  })
})
