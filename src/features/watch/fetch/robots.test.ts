import { describe, expect, it } from 'vitest'
import type { OutboundResult } from '#kernel/outbound.ts'
import { createRobots, type Verdict } from './robots.ts'

const day = 86_400_000
const agent = 'Gatehouse/1.0 (+https://gatehouse.example)'

const answer = (status: number, text = ''): OutboundResult => ({
  ok: true,
  status,
  headers: {},
  body: Buffer.from(text),
  url: 'https://a.example/robots.txt',
  redirects: [],
  movedTo: null,
})
const failure = (kind: 'unreachable' | 'too_many_redirects'): OutboundResult => ({
  ok: false,
  kind,
  url: 'https://a.example/robots.txt',
  message: 'It failed.',
  remedy: '',
})

/** A site whose robots.txt a test changes, and a clock it moves. */
function site(first: OutboundResult) {
  let now = 0
  const asked: string[] = []
  const robots = createRobots(() => now)
  const here = {
    answer: first,
    asked,
    wait: (ms: number) => void (now += ms),
    judge: (path = '/page', origin = 'https://a.example'): Promise<Verdict> | Verdict =>
      robots.judge(new URL(path, origin), agent, (url) => {
        asked.push(url)
        return Promise.resolve(here.answer)
      }),
  }
  return here
}

describe('robots.txt', () => {
  it('is asked for once per origin and day, then answers at once', async () => {
    const here = site(answer(200, 'user-agent: gatehouse\ndisallow: /private\ncrawl-delay: 2'))
    const both = await Promise.all([here.judge(), here.judge('/private/x')])
    expect(both).toEqual([
      { ok: true, crawlDelayMs: 2000 },
      { ok: false, message: 'https://a.example/robots.txt asks us not to fetch /private/x.' },
    ])
    expect(here.judge()).not.toBeInstanceOf(Promise)
    expect(here.asked).toEqual(['https://a.example/robots.txt'])
    await here.judge('/page', 'https://a.example:444')
    expect(here.asked).toHaveLength(2)
    here.wait(day)
    here.answer = answer(200, '')
    expect(await here.judge('/private/x')).toEqual({ ok: true, crawlDelayMs: 0 })
  })

  it('waits no longer between two requests than half a minute', async () => {
    const here = site(answer(200, 'user-agent: *\ncrawl-delay: 86400'))
    expect(await here.judge()).toEqual({ ok: true, crawlDelayMs: 30_000 })
  })

  it.each([
    ['is not there', answer(404)],
    ['is for members only', answer(403)],
    ['redirects for ever', failure('too_many_redirects')],
  ])('allows all when it %s', async (_name, given) => {
    expect(await site(given).judge()).toMatchObject({ ok: true })
  })

  it.each([503, 500, 429])(
    'allows nothing while it answers %i, and is asked again soon',
    async (status) => {
      const here = site(answer(status))
      expect(await here.judge()).toMatchObject({
        ok: false,
        message: expect.stringContaining(`answers ${status}`) as string,
      })
      await here.judge()
      expect(here.asked).toHaveLength(1)
      here.wait(60_000)
      here.answer = answer(404)
      expect(await here.judge()).toMatchObject({ ok: true })
    },
  )

  it('keeps what it said while it cannot be read, and gives up after a month', async () => {
    const here = site(answer(200, 'user-agent: *\ndisallow: /no'))
    await here.judge()
    here.wait(day)
    here.answer = answer(503)
    expect(await here.judge('/no')).toMatchObject({ ok: false })
    expect(await here.judge('/yes')).toMatchObject({ ok: true })

    const never = site(answer(503))
    expect(await never.judge()).toMatchObject({ ok: false })
    never.wait(30 * day)
    expect(await never.judge()).toMatchObject({ ok: true })
  })

  it('tells a host that cannot be reached as what it is, and asks with the next attempt', async () => {
    const here = site(failure('unreachable'))
    expect(await here.judge()).toMatchObject({ ok: false, failure: { kind: 'unreachable' } })
    here.answer = answer(404)
    expect(await here.judge()).toMatchObject({ ok: true })
  })
})
