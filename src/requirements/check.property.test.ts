import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryDocument } from './arbitrary.ts'
import { CHECK_CASES } from './check.cases.ts'
import {
  applyFix,
  changedKeys,
  checkRequirements,
  isPublishable,
  readBack,
  summarise,
  type Complaint,
  type PlainTable,
} from './index.ts'

// Mutations of texts near the truth find more than random letters do.
const nearToml = fc
  .tuple(
    fc.constantFrom(...CHECK_CASES.map((c) => c.toml)),
    fc.constantFrom(...CHECK_CASES.map((c) => c.toml)),
    fc.nat(),
    fc.nat(),
    fc.constantFrom('', '"', '[', ']', '{', '}', '\n', '=', '.', '\\', '\0', '"""', ' 1', ','),
  )
  .map(([a, b, i, j, glue]) => a.slice(0, i % (a.length + 1)) + glue + b.slice(j % (b.length + 1)))

const anyText = fc.oneof(
  { weight: 4, arbitrary: nearToml },
  { weight: 4, arbitrary: arbitraryDocument() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 400 }) },
  {
    weight: 1,
    arbitrary: fc.string({
      unit: fc.constantFrom(...Array.from('ab.=[]{}"\'\\#\n\r ,10-')),
      maxLength: 200,
    }),
  },
)

function offset(text: string, line: number, column: number): number {
  return (
    text
      .split('\n')
      .slice(0, line - 1)
      .join('\n').length +
    (line > 1 ? 1 : 0) +
    column -
    1
  )
}

function inside(text: string, c: Complaint): boolean {
  const from = offset(text, c.line, c.column)
  const to = offset(text, c.endLine, c.endColumn)
  return c.line >= 1 && c.column >= 1 && from <= to && to <= text.length
}

// `GATEHOUSE_LONG=1` for an evening: 100,000 texts each.
const numRuns = process.env.GATEHOUSE_LONG === '1' ? 100_000 : 1_000
const timeout = numRuns * 30

const machine = { home: '/home/a', codexHome: '/home/a/.codex', cwd: '/', host: 'a.example' }

/** The comments that the grammar writes; nothing else in a text of it looks like them. */
function commentsOf(text: string): number {
  return text.match(/# (?:why:|"quoted"|last)/g)?.length ?? 0
}

describe('checking', () => {
  it('never throws, and its places are inside the text', { timeout }, () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const checked = checkRequirements(text)
        const { complaints, document } = checked
        if (complaints.some((c) => !inside(text, c))) throw new Error('a place outside of the text')
        // What may be published can be read back.
        if (isPublishable(checked) && document !== undefined) readBack(document, machine)
      }),
      { numRuns },
    )
  })

  it(
    'offers fixes that remove their complaint, break nothing and keep comments',
    { timeout },
    () => {
      fc.assert(
        fc.property(anyText, (text) => {
          const before = checkRequirements(text).complaints
          for (const c of before) {
            if (c.fix === undefined) continue
            const fixed = applyFix(text, c.fix)
            expect(commentsOf(fixed)).toBe(commentsOf(text))
            const after = checkRequirements(fixed).complaints
            const same = (x: Complaint): boolean =>
              x.code === c.code && x.key === c.key && x.message === c.message
            expect(after.filter(same).length).toBeLessThan(before.filter(same).length)
            expect(after.some((x) => x.code === 'syntax' || x.code === 'duplicate_key')).toBe(
              before.some((x) => x.code === 'syntax' || x.code === 'duplicate_key'),
            )
          }
        }),
        { numRuns },
      )
    },
  )

  it('finds no error in policies made of allowed values', () => {
    fc.assert(
      fc.property(goodPolicy, (toml) => {
        const errors = checkRequirements(toml).complaints.filter((c) => c.severity === 'error')
        expect(errors).toEqual([])
      }),
    )
  })
})

const some = (...values: string[]): fc.Arbitrary<string> =>
  fc
    .subarray(values, { minLength: 1 })
    .map((v) => `[${v.map((x) => JSON.stringify(x)).join(', ')}]`)

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)

const rule = fc
  .tuple(fc.array(word, { minLength: 1, maxLength: 3 }), fc.constantFrom('prompt', 'forbidden'))
  .map(
    ([words, decision]) =>
      `{ pattern = [${words.map((w) => `{ token = "${w}" }`).join(', ')}], decision = "${decision}" }`,
  )

const goodPolicy = fc
  .record(
    {
      approvals: some('on-request', 'never', 'untrusted').map(
        (v) => `allowed_approval_policies = ${v}`,
      ),
      modes: some('workspace-write', 'danger-full-access').map(
        (v) => `allowed_sandbox_modes = ${v.replace('[', '["read-only", ')}`,
      ),
      search: some('cached', 'live', 'indexed').map((v) => `allowed_web_search_modes = ${v}`),
      features: fc.dictionary(word, fc.boolean(), { maxKeys: 4 }).map(
        (d) =>
          `features = { ${Object.entries(d)
            .map(([k, v]) => `"${k}" = ${v ? 'true' : 'false'}`)
            .join(', ')} }`,
      ),
      rules: fc
        .array(rule, { minLength: 1, maxLength: 4 })
        .map((r) => `rules.prefix_rules = [${r.join(', ')}]`),
      servers: fc
        .array(word, { maxLength: 3 })
        .map(
          (names) =>
            `mcp_servers = { ${[...new Set(names)].map((n) => `${n} = { identity = { command = "${n}" } }`).join(', ')} }`,
        ),
      domains: fc.uniqueArray(word, { maxLength: 4 }).map(
        (d) =>
          `experimental_network.domains = { ${d
            .map((x) => `"**.${x.replaceAll('-', '')}.example" = "allow"`)
            .filter((x, i, all) => all.indexOf(x) === i)
            .join(', ')} }`,
      ),
    },
    { requiredKeys: [] },
  )
  .map((parts) => Object.values(parts).join('\n'))

describe('the summary', () => {
  const value: fc.Arbitrary<PlainTable> = fc.dictionary(
    word,
    fc.oneof(
      fc.boolean(),
      fc.integer(),
      fc.string(),
      fc.array(fc.string()),
      fc.dictionary(word, fc.string()),
    ),
  )

  it('has every key once, sorted', () => {
    fc.assert(
      fc.property(value, (document) => {
        const keys = summarise(document).map((line) => line.key)
        expect(keys).toEqual([...new Set(keys)].sort())
      }),
    )
  })

  it('names a difference exactly when there is one, and turns around with its sides', () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        const there = changedKeys(before, after)
        const back = changedKeys(after, before)
        expect(changedKeys(before, before)).toEqual([])
        expect(there.map((c) => [c.key, c.before, c.after])).toEqual(
          back.map((c) => [c.key, c.after, c.before]),
        )
        expect(there.length === 0).toBe(
          JSON.stringify(summarise(before)) === JSON.stringify(summarise(after)),
        )
      }),
    )
  })
})
