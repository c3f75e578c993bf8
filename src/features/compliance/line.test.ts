import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, checkFile, hashOf, openLine, sealLine } from './line.ts'

const head = {
  eventId: 'aud_1',
  eventType: 'AUDIT_LOG',
  workspaceId: 'wsp_1',
  receivedAt: Date.UTC(2026, 0, 5, 9),
}
/** A payload as JSON carries it, with names of its own. */
const payload = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((record) => ({ actor: 'ada', data: JSON.parse(JSON.stringify(record)) as unknown }))
const fileOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

describe('a line of the compliance log', () => {
  it('says its payload flat beside what is sealed', () => {
    const { sealed, ...kept } = sealLine(head, { action: 'key.create', actor: { id: 'mem_1' } })
    expect(JSON.parse(sealed)).toEqual({
      commitment: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      event_id: 'aud_1',
      event_type: 'AUDIT_LOG',
      received_at: '2026-01-05T09:00:00.000Z',
      workspace_id: 'wsp_1',
    })
    expect(JSON.parse(openLine(sealed, kept))).toMatchObject({
      event_id: 'aud_1',
      action: 'key.create',
      actor: { id: 'mem_1' },
      salt: kept.salt,
    })
  })

  it('says that it was erased, and nothing of what it said', () => {
    const { sealed } = sealLine(head, { action: 'secret plan' })
    const erased = openLine(sealed, undefined)
    expect(JSON.parse(erased)).toMatchObject({ event_id: 'aud_1', erased: true })
    expect(erased).not.toContain('secret')
  })

  it('commits to the same payload differently each time, so that nobody can guess it back', () => {
    const [one, other] = [sealLine(head, { a: 1 }), sealLine(head, { a: 1 })]
    expect(one.sealed).not.toBe(other.sealed)
  })

  it('refuses a payload that would speak for the seal', () => {
    expect(() => sealLine(head, { event_id: 'another' })).toThrow('event_id')
  })
})

describe('a file', () => {
  it('verifies with whatever payloads are left, and to the same hash', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(payload, fc.boolean())), (entries) => {
        const lines = entries.map(([content]) => sealLine(head, content))
        const expected = hashOf(fileOf(lines.map(({ sealed }) => sealed)))
        const text = fileOf(
          lines.map(({ sealed, ...kept }, i) =>
            openLine(sealed, entries[i]?.[1] ? kept : undefined),
          ),
        )
        expect(checkFile(text)).toEqual({
          lines: entries.length,
          erased: entries.filter(([, kept]) => !kept).length,
          sealedSha256: expected,
          broken: [],
        })
      }),
    )
  })

  it('verifies when another program has written its lines anew', () => {
    const { sealed, ...kept } = sealLine(head, { b: [1, { z: 'ü\u0000', a: null }], a: 1e21 })
    const value = JSON.parse(openLine(sealed, kept)) as Record<string, unknown>
    const turned = Object.fromEntries(Object.entries(value).reverse())
    expect(checkFile(JSON.stringify(turned))).toMatchObject({
      broken: [],
      sealedSha256: hashOf(`${sealed}\n`),
    })
  })

  it('shows each line that says something else than it committed to', () => {
    const made = ['a', 'b', 'c'].map((name) => sealLine(head, { name }))
    const lines = made.map(({ sealed, ...kept }) => openLine(sealed, kept))
    lines[1] = lines[1]!.replace('"name":"b"', '"name":"x"')
    expect(checkFile(fileOf(lines)).broken).toEqual([2])
    expect(checkFile(fileOf([lines[0]!, 'no line', '[]'])).broken).toEqual([2, 3])
    const pretended = openLine(made[0]!.sealed, undefined).replace('}', ',"name":"x"}')
    expect(checkFile(pretended).broken).toEqual([1])
  })

  it('shows, where its lines must be as they were written, what was emptied or doubled', () => {
    const { sealed, ...kept } = sealLine(head, { name: 'good' })
    const whole = openLine(sealed, kept)
    const exact = (line: string) => checkFile(fileOf([line]), { exact: true })
    expect(exact(whole)).toMatchObject({ erased: 0, broken: [] })
    expect(exact(openLine(sealed, undefined))).toMatchObject({ erased: 1, broken: [] })
    // A reader that takes the first of two names reads another line than the one that is committed to.
    const doubled = whole.replace('"name":"good"', '"name":"evil","name":"good"')
    for (const line of [sealed, doubled, whole.replace('"name"', ' "name"')])
      expect(exact(line).broken).toEqual([1])
  })

  it('has another hash when a line is missing or stands elsewhere', () => {
    const lines = ['a', 'b'].map((name) => sealLine(head, { name }))
    const text = (of: typeof lines) =>
      checkFile(fileOf(of.map(({ sealed, ...kept }) => openLine(sealed, kept)))).sealedSha256
    expect(text(lines.toReversed())).not.toBe(text(lines))
    expect(text(lines.slice(1))).not.toBe(text(lines))
  })
})

describe('canonical text', () => {
  it('sorts names, leaves out what is undefined, and reads back as the same value', () => {
    expect(canonical({ b: 1, a: [undefined, 'x'], c: undefined })).toBe('{"a":[null,"x"],"b":1}')
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as unknown
        expect(JSON.parse(canonical(plain))).toEqual(plain)
      }),
    )
  })
})
