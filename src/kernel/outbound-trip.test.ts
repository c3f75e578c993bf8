import { describe, expect, it } from 'vitest'
import { createOutbound } from './outbound.ts'
import { serve } from './outbound.test.servers.ts'
import { nextStop, startTrip, type Trip } from './outbound-trip.ts'

const rules = { schemes: ['http:', 'https:'] as const }

function walk(...steps: readonly (readonly [status: number, location: string])[]): Trip {
  let trip = startTrip('https://a.example/0', {}, rules)
  for (const [status, location] of steps) {
    if ('ok' in trip) throw new Error(trip.message)
    trip = nextStop(trip, { status, headers: { location } }, rules) ?? trip
  }
  if ('ok' in trip) throw new Error(trip.message)
  return trip
}

describe('a trip', () => {
  it('tells a page that moved from one that is elsewhere for now', () => {
    expect(walk([301, '/1']).movedTo).toBe('https://a.example/1')
    expect(walk([301, '/1'], [308, 'https://b.example/2']).movedTo).toBe('https://b.example/2')
    expect(walk([302, '/1']).movedTo).toBeNull()
    expect(walk([302, '/1'], [301, '/2']).movedTo).toBeNull()
    // What comes after a temporary redirect says nothing of the first address.
    const mixed = walk([308, '/1'], [307, '/2'], [301, '/3'])
    expect(mixed.movedTo).toBe('https://a.example/1')
    expect(mixed.url.href).toBe('https://a.example/3')
    expect(mixed.redirects).toEqual([1, 2, 3].map((n) => `https://a.example/${n}`))
  })

  it('ends at what is no redirect', () => {
    const trip = walk()
    expect(nextStop(trip, { status: 200, headers: { location: '/x' } }, rules)).toBeUndefined()
    expect(nextStop(trip, { status: 304, headers: { location: '/x' } }, rules)).toBeUndefined()
    expect(nextStop(trip, { status: 302, headers: {} }, rules)).toBeUndefined()
  })

  it('leaves named secrets with the origin they belong to', () => {
    const secret = { ...rules, secretHeaders: ['X-Key'] }
    const start = startTrip('https://a.example/', { 'X-Key': '1', Accept: 'text/html' }, secret)
    if ('ok' in start) throw new Error(start.message)
    const same = nextStop(start, { status: 301, headers: { location: '/b' } }, secret)
    expect(same).toMatchObject({ headers: { 'x-key': '1', accept: 'text/html' } })
    for (const location of ['https://b.example/', 'https://a.example:444/']) {
      const other = nextStop(start, { status: 301, headers: { location } }, secret)
      expect(other).toMatchObject({ headers: { accept: 'text/html' } })
      expect(other).not.toHaveProperty('headers.x-key')
      if (other === undefined || 'ok' in other) throw new Error('no stop')
      const back = { status: 301, headers: { location: 'https://a.example/c' } }
      expect(nextStop(other, back, secret)).not.toHaveProperty('headers.x-key')
    }
  })
})

describe('a step', () => {
  it('hands a redirect to callers that walk themselves', async () => {
    const port = await serve((_, response) => response.writeHead(301, { location: '/b' }).end())
    const options = { schemes: ['http:'] as const, exceptions: [`127.0.0.1:${port}`] }
    const trip = startTrip(`http://127.0.0.1:${port}/a`, {}, options)
    if ('ok' in trip) throw new Error(trip.message)
    const out = createOutbound()
    const answer = await out.step(trip, options)
    out.close()
    if (!answer.ok) throw new Error(answer.message)
    expect(answer).toMatchObject({ status: 301, url: `http://127.0.0.1:${port}/a` })
    expect(nextStop(trip, answer, options)).toMatchObject({
      movedTo: `http://127.0.0.1:${port}/b`,
    })
  })

  it('is checked and bounded like every call out', async () => {
    const port = await serve(() => undefined)
    const options = { schemes: ['http:'] as const, exceptions: [`127.0.0.1:${port}`] }
    const trip = startTrip(`http://127.0.0.1:${port}/`, {}, options)
    if ('ok' in trip) throw new Error(trip.message)
    const out = createOutbound()
    expect(await out.step(trip)).toMatchObject({ ok: false, kind: 'refused' })
    expect(await out.step(trip, { ...options, timeoutMs: 50 })).toMatchObject({ kind: 'timeout' })
    out.close()
  })
})
