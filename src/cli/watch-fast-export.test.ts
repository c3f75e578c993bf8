import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFastExport, unquoted, type Spool } from './watch-fast-export.ts'

const memory = (): Spool => {
  const held: Buffer[] = []
  return { write: (bytes) => held.push(bytes) - 1, read: (place) => held[place] as Buffer }
}

async function read(text: Buffer, pieces: readonly number[]) {
  async function* stream() {
    await Promise.resolve()
    let at = 0
    for (const size of pieces) {
      yield text.subarray(at, at + size)
      at += size
    }
    yield text.subarray(at)
  }
  const commits = []
  for await (const { id, at, changes } of readFastExport(stream(), memory()))
    commits.push({
      id,
      at,
      changes: changes.map((c) => [c.path, c.read === null ? null : c.read().toString('latin1')]),
    })
  return commits
}

const history = Buffer.from(
  [
    'feature done',
    'blob\nmark :1\noriginal-oid aa\ndata 9\ncommit x\n',
    'blob\nmark :2\ndata 0\n',
    'reset refs/heads/main',
    'commit refs/heads/main\nmark :3\noriginal-oid c1\nauthor A <a@b> 1 +0000\ncommitter B <b@c> 1712345678 +0200\ndata 6\nfirst\n',
    'M 100644 :1 docs/a.md\nM 120000 :1 docs/link.md\nM 160000 aaaa sub\n',
    'commit refs/heads/main\nmark :4\noriginal-oid c2\ncommitter > <> -5 -0000\ndata 0\nfrom :3\nmerge :9',
    'M 100755 :2 "docs/\\303\\244 \\"b\\".md"\nD docs/a.md\nM 100644 :1 docs/c.md\n',
    'done\n',
  ].join('\n'),
)

describe('what git fast-export writes', () => {
  it('is read commit by commit, however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }),
        async (cuts) => {
          expect(await read(history, cuts)).toEqual([
            {
              id: 'c1',
              at: 1_712_345_678_000,
              changes: [
                ['docs/a.md', 'commit x\n'],
                ['docs/link.md', null],
                ['sub', null],
              ],
            },
            {
              id: 'c2',
              at: -5000,
              changes: [
                ['docs/ä "b".md', ''],
                ['docs/a.md', null],
                ['docs/c.md', 'commit x\n'],
              ],
            },
          ])
        },
      ),
    )
  })

  it('is refused where it was cut off', async () => {
    for (const end of [history.length - 6, 60, 20])
      await expect(read(history.subarray(0, end), [])).rejects.toThrow('ended early')
  })

  it('has paths in quotes', () => {
    expect(unquoted('plain "x"')).toBe('plain "x"')
    expect(unquoted('"a\\tb\\\\c\\"d\\342\\202\\254"')).toBe('a\tb\\c"d€')
    expect(unquoted('"caf\\351 \\303\\244"')).toBe('caf%E9 ä')
  })
})
