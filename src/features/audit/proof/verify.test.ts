import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findCheckpoint, readCheckpoint, signCheckpoint } from './checkpoint.ts'
import {
  checkpointLine,
  endLine,
  erasedLine,
  headLine,
  readRecordLine,
  recordLine,
} from './lines.ts'
import { linkOf, noLink } from './link.ts'
import { commitmentOf, recordText, type RecordRow } from './record.ts'
import { scan } from './scan.ts'
import { createVerifier, readTrust, type Trust, type Verdict } from './verify.ts'

const workspace = 'wsp_1'
const { privateKey } = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519').privateKey

const row = (n: number, more: Partial<RecordRow> = {}): RecordRow => ({
  id: `aud_${n}`,
  at: n * 1000,
  actor_kind: 'session',
  actor_id: 'mem_1',
  actor_label: 'ada@acme.example',
  action: 'policy.publish',
  target_kind: 'policy',
  target_id: 'pol_1',
  target_label: 'Baseline “ü”, v1',
  touches: n,
  detail: JSON.stringify({ before: { n }, after: 'x"}' }),
  request_id: null,
  ip: '192.0.2.1',
  ...more,
})
const saltOf = (n: number): string => n.toString(16).padStart(32, '0')

interface Part {
  readonly seq: number
  readonly text: string
}
/** Links what is given as a chain, with a checkpoint after the numbers of `signed`. */
function build(
  parts: readonly Part[],
  {
    signed = [parts.length],
    key = privateKey,
  }: { signed?: readonly number[]; key?: typeof other } = {},
) {
  const lines = [
    headLine({ gatehouse: 'audit-export-1', workspace, from: 1, before: noLink, inherited: null }),
  ]
  const checkpoints = new Map<number, string>()
  let link = noLink
  for (const { seq, text } of parts) {
    const commitment = commitmentOf(text)
    link = linkOf(link, seq, commitment)
    lines.push(recordLine({ seq, link, commitment }, text))
    if (signed.includes(seq)) {
      const made = signCheckpoint({ workspace, records: seq, link, at: seq * 5000 }, key).text
      checkpoints.set(seq, made)
      lines.push(checkpointLine(made))
    }
  }
  lines.push(endLine({ records: parts.at(-1)?.seq ?? 0, link }))
  return { lines, checkpoints }
}
const parts = (count: number): readonly Part[] =>
  Array.from({ length: count }, (_, i) => ({ seq: i + 1, text: recordText(saltOf(i), row(i + 1)) }))

function verify(lines: readonly string[], trust: Trust): Verdict {
  const verifier = createVerifier(trust)
  for (const line of lines) verifier.line(Buffer.from(line.slice(0, -1)))
  return verifier.end()
}
const { lines, checkpoints } = build(parts(9), { signed: [4, 9] })
const checkpoint = findCheckpoint(checkpoints.get(4) ?? '')!
const { key } = checkpoint
const troublesOf = (changed: readonly string[], trust: Trust = { key }) =>
  verify(changed, trust).findings.map(({ trouble, seq }) => [trouble, seq])

describe('an export that nobody touched', () => {
  it('is as it was written, by the key, by a checkpoint and in itself', () => {
    for (const trust of [{ key }, { checkpoint }])
      expect(verify(lines, trust)).toMatchObject({
        outcome: 'covered',
        uncovered: 0,
        records: 9,
        first: 1,
        last: 9,
        checkpoints: 2,
        vouched: { records: 9, at: 45_000 },
        findings: [],
      })
    expect(verify(lines, {})).toMatchObject({ outcome: 'uncovered', uncovered: 9, vouched: null })
  })

  it('holds the records as JSON that says what they say', () => {
    const { record } = JSON.parse(lines[3] ?? '') as { record: Record<string, unknown> }
    expect(record).toMatchObject({
      id: 'aud_3',
      actor: { label: 'ada@acme.example' },
      detail: { before: { n: 3 }, after: 'x"}' },
    })
  })

  it('is also an export of a part that begins later', () => {
    const fourth = JSON.parse(lines[4] ?? '') as { link: string }
    const head = { gatehouse: 'audit-export-1', workspace, from: 5, before: fourth.link } as const
    const part = [headLine({ ...head, inherited: null }), ...lines.slice(6)]
    expect(verify(part, { key })).toMatchObject({ outcome: 'covered', records: 5, first: 5 })
    expect(verify(part, { checkpoint }).outcome).toBe('covered')
    const ninth = findCheckpoint(build(parts(2), { signed: [2] }).checkpoints.get(2) ?? '')!
    expect(troublesOf(part, { checkpoint: ninth })).toEqual([['form', null]])
  })
})

describe('a record that was erased', () => {
  const at = 3
  const record = JSON.parse(lines[at] ?? '') as { seq: number; link: string; commitment: string }

  it('leaves the proof of all others as it was, and is counted', () => {
    expect(verify(lines.with(at, erasedLine(record)), { checkpoint })).toMatchObject({
      outcome: 'covered',
      records: 9,
      erased: 1,
    })
  })

  it('cannot be put where another one stood', () => {
    const other = { ...record, commitment: commitmentOf('other') }
    expect(troublesOf(lines.with(at, erasedLine(other)))).toEqual([['link', 3]])
    const open = erasedLine(record).replace('true}', 'true,"record":{}}')
    expect(troublesOf(lines.with(at, open))[0]).toEqual(['form', null])
  })
})

describe('what was done to an export is seen', () => {
  it('a record that was edited', () => {
    const edited = lines.map((line, i) => (i === 3 ? line.replace('ada@', 'eve@') : line))
    expect(troublesOf(edited)).toEqual([['edited', 3]])
  })

  it('a record that was edited, with its commitment made anew', () => {
    const text = recordText(saltOf(2), row(3, { actor_label: 'eve@acme.example' }))
    const link = (JSON.parse(lines[3] ?? '') as { link: string }).link
    const forged = recordLine({ seq: 3, link, commitment: commitmentOf(text) }, text)
    expect(troublesOf(lines.with(3, forged))).toEqual([['link', 3]])
  })

  it('a record that was taken out', () => {
    const without = lines.toSpliced(3, 1)
    expect(troublesOf(without)).toEqual([
      ['missing', 3],
      ['link', 4],
    ])
  })

  it('a record that was put in', () => {
    const text = recordText(saltOf(77), row(77))
    const twice = recordLine(
      { seq: 3, link: linkOf(noLink, 3, commitmentOf(text)), commitment: commitmentOf(text) },
      text,
    )
    const findings = troublesOf(lines.toSpliced(4, 0, twice))
    expect(findings[0]).toEqual(['order', 3])
    // With the number that follows it does not fit the next one.
    const fitting = recordLine({ seq: 10, link: noLink, commitment: commitmentOf(text) }, text)
    expect(troublesOf(lines.toSpliced(-1, 0, fitting))).toEqual([
      ['link', 10],
      ['cut', 10],
    ])
  })

  it('two records that changed places', () => {
    const [two = '', three = ''] = [lines[2], lines[3]]
    expect(troublesOf(lines.with(2, three).with(3, two))).toContainEqual(['order', 2])
    // Renumbered, they do not link.
    const [a, b] = [parts(9)[1], parts(9)[2]]
    const moved = build(
      parts(9)
        .with(1, { seq: 2, text: b?.text ?? '' })
        .with(2, { seq: 3, text: a?.text ?? '' }),
      { signed: [] },
    )
    expect(troublesOf(moved.lines, { checkpoint })).toEqual([['rewritten', 4]])
  })

  it('an end that was cut off', () => {
    expect(troublesOf(lines.slice(0, 6))).toEqual([['cut', 4]])
    const tidy = build(parts(3), { signed: [3] })
    // Cut and closed again, nothing in it says so; a checkpoint from outside does.
    expect(verify(tidy.lines, { key }).outcome).toBe('covered')
    expect(troublesOf(tidy.lines, { checkpoint })).toEqual([['cut', 3]])
    expect(troublesOf(lines.toSpliced(-4, 2))).toContainEqual(['cut', 7])
  })

  it('a chain that was made anew and signed again, against an earlier checkpoint', () => {
    const rewritten = parts(9).with(1, {
      seq: 2,
      text: recordText(saltOf(1), row(2, { actor_label: 'eve' })),
    })
    const sameKey = build(rewritten, { signed: [4, 9] })
    // With the key itself stolen, the key says nothing; the checkpoint does.
    expect(verify(sameKey.lines, { key }).outcome).toBe('covered')
    expect(troublesOf(sameKey.lines, { checkpoint })).toEqual([['rewritten', 4]])
    const otherKey = build(rewritten, { signed: [4, 9], key: other })
    expect(troublesOf(otherKey.lines)).toEqual([
      ['signature', 4],
      ['signature', 9],
    ])
  })

  it('a checkpoint that does not fit, also where nobody is trusted', () => {
    const rewritten = parts(9).with(1, {
      seq: 2,
      text: recordText(saltOf(1), row(2, { actor_label: 'eve' })),
    })
    const kept = build(rewritten, { signed: [] }).lines.toSpliced(5, 0, lines[5] ?? '')
    expect(troublesOf(kept, {})).toEqual([['rewritten', 4]])
  })

  it('a checkpoint that was changed', () => {
    const changed = lines.map((line) =>
      line.startsWith('{"checkpoint"') ? line.replace('records 4', 'records 5') : line,
    )
    expect(troublesOf(changed)).toEqual([['signature', 4]])
  })

  it('also when many lines are judged at once, wherever they are cut', () => {
    const whole = Buffer.from(lines.join(''))
    const change = fc.record({ at: fc.nat(whole.length - 2), by: fc.integer({ min: 1, max: 255 }) })
    fc.assert(
      fc.property(
        fc.option(change),
        fc.array(fc.nat(lines.length)),
        fc.constantFrom({ key }, { checkpoint }, {}),
        (changed, cuts, trust) => {
          const bytes = Buffer.from(whole)
          if (changed) bytes[changed.at] = (bytes[changed.at] ?? 0) ^ changed.by
          const told = bytes.toString('latin1').split('\n').slice(0, -1)
          const byLine = createVerifier(trust)
          for (const line of told) byLine.line(Buffer.from(line, 'latin1'))
          const byBlock = createVerifier(trust)
          const places = [0, ...cuts.toSorted((a, b) => a - b), told.length]
          for (const [i, from] of places.entries()) {
            const block = told.slice(from, places[i + 1] ?? told.length).map((line) => `${line}\n`)
            const stop = 'checkpoint' in trust ? trust.checkpoint.records : null
            for (const piece of scan({ bytes: Buffer.from(block.join(''), 'latin1'), stop }))
              byBlock.piece(piece)
          }
          expect(byBlock.end()).toEqual(byLine.end())
        },
      ),
      { numRuns: 300 },
    )
  })

  it('a number that is none, or is written in another way', () => {
    for (const number of ['01', '1e0', '!', ' 1', '1.0', '-0', '']) {
      const changed = lines.map((line) => line.replace('{"seq":1,', `{"seq":${number},`))
      expect(verify(changed, { key }).outcome, number).toBe('broken')
      const [piece] = scan({ bytes: Buffer.from(changed[1] ?? ''), stop: null })
      expect(piece, number).toHaveProperty('line')
    }
  })

  it('any single byte', () => {
    const whole = Buffer.from(lines.join(''))
    fc.assert(
      fc.property(fc.nat(whole.length - 2), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(whole)
        changed[at] = (changed[at] ?? 0) ^ by
        const verifier = createVerifier({ checkpoint })
        const text = changed.subarray(0, -1)
        for (let from = 0; from <= text.length;) {
          const to = text.indexOf(10, from)
          verifier.line(text.subarray(from, to < 0 ? text.length : to))
          from = (to < 0 ? text.length : to) + 1
        }
        // `inherited` of the head is said by the server alone.
        const head = lines[0]?.length ?? 0
        if (at >= head) expect(verifier.end().outcome).toBe('broken')
      }),
      { numRuns: 500 },
    )
  })
})

describe('what nobody vouches for is not called as it was written', () => {
  const rebuilt = (seq: number, signed: readonly number[]) =>
    build(
      parts(9).with(seq - 1, {
        seq,
        text: recordText(saltOf(seq - 1), row(seq, { actor_label: 'eve' })),
      }),
      { signed },
    ).lines

  it('a chain made anew without a checkpoint in it', () => {
    expect(verify(rebuilt(3, []), { key })).toMatchObject({
      outcome: 'uncovered',
      uncovered: 9,
      vouched: null,
    })
    // Who holds a checkpoint sees that it is another one.
    expect(troublesOf(rebuilt(3, []), { checkpoint })).toEqual([['rewritten', 4]])
  })

  it('a tail made anew behind the newest checkpoint that was left in', () => {
    for (const trust of [{ key }, { checkpoint }])
      expect(verify(rebuilt(7, [4]), trust)).toMatchObject({
        outcome: 'uncovered',
        uncovered: 5,
        vouched: { records: 4, at: 20_000 },
        findings: [],
      })
    expect(verify(rebuilt(7, []), { checkpoint })).toMatchObject({ uncovered: 5 })
  })

  it('an export that begins where the checkpoint ends, and says no more', () => {
    const fourth = JSON.parse(lines[4] ?? '') as { link: string }
    const head = { gatehouse: 'audit-export-1', workspace, from: 5, before: fourth.link } as const
    const part = [headLine({ ...head, inherited: null }), ...lines.slice(6, -2), lines.at(-1) ?? '']
    expect(verify(part, { checkpoint })).toMatchObject({
      outcome: 'uncovered',
      uncovered: 5,
      vouched: { records: 4 },
    })
  })

  it('whatever is rebuilt, and whichever checkpoints are left in: only what is signed counts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.subarray([2, 4, 6, 9]), (at, kept) => {
        // The forger has no key: what is left in is what was signed before.
        const genuine = build(parts(9), { signed: [2, 4, 6, 9] }).checkpoints
        const forged = rebuilt(at, [])
        const left = forged.flatMap((line, seq) =>
          kept.includes(seq) ? [line, checkpointLine(genuine.get(seq) ?? '')] : [line],
        )
        const newest = Math.max(0, ...kept)
        expect(verify(left, { key })).toMatchObject(
          newest >= at ? { outcome: 'broken' } : { outcome: 'uncovered', uncovered: 9 - newest },
        )
      }),
    )
  })
})

describe('the text of a record', () => {
  it('is another one for every other row', () => {
    const text = fc.string({ maxLength: 6 })
    const some = fc.record({
      actor_label: text,
      target_label: text,
      ip: fc.option(text),
      detail: fc.json(),
    })
    fc.assert(
      fc.property(some, some, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b)
        expect(recordText('00', row(1, a)) === recordText('00', row(1, b))).toBe(same)
      }),
    )
  })

  it('comes back from its line byte for byte', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string({ unit: 'binary' }), (seq, label) => {
        const text = recordText(saltOf(seq), row(1, { target_label: label }))
        const commitment = commitmentOf(text)
        const line = Buffer.from(recordLine({ seq, link: noLink, commitment }, text).slice(0, -1))
        const read = readRecordLine(line)
        expect(read).toMatchObject({ seq, link: noLink, commitment })
        expect(commitmentOf(read?.record ?? '')).toBe(commitment)
      }),
    )
  })
})

describe('a checkpoint', () => {
  it('is found in a mail, and nowhere when a character of it is another', () => {
    const { text } = checkpoint
    expect(
      findCheckpoint(`Hello,\r\n\r\n${text.replaceAll('\n', '\r\n')}\r\n-- \r\nGatehouse`),
    ).toEqual(checkpoint)
    fc.assert(
      fc.property(fc.nat(text.length - 1), (at) => {
        const changed = text.slice(0, at) + (text[at] === '7' ? '8' : '7') + text.slice(at + 1)
        expect(readCheckpoint(changed)).toBeUndefined()
      }),
    )
  })

  it('or a key is what a caller may trust', () => {
    expect(readTrust(checkpoint.text)).toEqual({ checkpoint })
    expect(readTrust(`ed25519:${key}\n`)).toEqual({ key })
    expect(readTrust('trust me')).toBeUndefined()
  })
})
