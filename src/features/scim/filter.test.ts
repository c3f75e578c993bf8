import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSqlite, type SqliteDb } from '#kernel/db.sqlite.ts'
import { createLog } from '#kernel/log.ts'
import { all, run } from '#kernel/work.ts'
import { matches } from './filter.match.ts'
import { filterSql } from './filter.sql.ts'
import { parseFilter, type Filter } from './filter.ts'
import { migrations } from './migrations.ts'
import { insertUser, userFields } from './store.users.ts'
import { q } from './tables.ts'
import { readUser } from './user.ts'

describe('a filter', () => {
  it('binds and before or, and not before both', () => {
    expect(parseFilter('a eq "1" or not (b pr) and c eq true')).toEqual({
      op: 'or',
      filters: [
        { op: 'eq', attr: 'a', value: '1' },
        {
          op: 'and',
          filters: [
            { op: 'not', filter: { op: 'pr', attr: 'b' } },
            { op: 'eq', attr: 'c', value: true },
          ],
        },
      ],
    })
  })

  it('means one value by a part after a value path', () => {
    expect(parseFilter('emails[type eq "work"].value co "x"')).toEqual({
      op: '[]',
      attr: 'emails',
      filter: {
        op: 'and',
        filters: [
          { op: 'eq', attr: 'type', value: 'work' },
          { op: 'co', attr: 'value', value: 'x' },
        ],
      },
    })
  })

  it('is refused with the place where it goes wrong, however hostile', () => {
    for (const text of [
      '',
      'a',
      'a eq',
      'a eq "x',
      'a eq "x" and',
      '(a pr',
      'a pr)',
      'a[b pr',
      'a zz "x"',
      'a eq {}',
      `${'('.repeat(30)}a pr${')'.repeat(30)}`,
      'a pr and '.repeat(60) + 'a pr',
      `a eq "${'x'.repeat(3000)}"`,
      "a eq 'x'; drop table members",
    ])
      expect(() => parseFilter(text), text).toThrow(/filter/i)
  })

  it('of any characters at all is either read or refused as one', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        try {
          parseFilter(text)
        } catch (error) {
          expect((error as { code: string }).code).toBe('invalid_input')
        }
      }),
    )
  })
})

const users = [
  {
    userName: 'Ada',
    externalId: 'X1',
    active: true,
    displayName: 'Ada L',
    name: { givenName: 'Ada' },
  },
  { userName: 'bob%', active: false, name: { familyName: 'Straße' } },
  { userName: "o'neil", externalId: 'x1', displayName: 'ÉTÉ', active: true },
  { userName: 'a_b', displayName: '🚀 pad', active: true },
].map((given, i) =>
  readUser({
    ...given,
    emails: [
      { value: `${i}@work.example`, type: 'work', primary: i % 2 === 0 },
      ...(i < 2 ? [{ value: `x${i}@home.example`, type: 'home' }] : []),
    ],
  }),
)

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-scim-'))
let db: SqliteDb
beforeAll(async () => {
  db = openSqlite(join(folder, 'test.db'), { log: createLog('silent') })
  await db.tx(function* () {
    for (const { up } of migrations) yield* up()
    yield* run(
      q.insertInto('scim_directories').values({
        id: 'dir',
        name: 'd',
        name_key: 'd',
        provider: 'other',
        adopts: 0,
        created_at: 0,
        created_by: '',
        updated_at: 0,
        version: 1,
        disconnected_at: null,
      }),
    )
    for (const [i, user] of users.entries()) yield* insertUser('dir', `mem_${i}`, user, i * 1000)
  })
})
afterAll(async () => {
  await db.close()
  rmSync(folder, { recursive: true })
})

const attr = fc.constantFrom('userName', 'displayName', 'name.givenName', 'name.familyName')
const value = fc.constantFrom('ada', 'ADA', 'a', '', '%', '_', "'", 'été', 'STRASSE', '🚀', 'z')
const op = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le')
const quoted = (text: string) => JSON.stringify(text)
const leaf = fc.oneof(
  fc.tuple(attr, op, value).map(([a, o, v]) => `${a} ${o} ${quoted(v)}`),
  attr.map((a) => `${a} pr`),
  fc.boolean().map((b) => `active eq ${String(b)}`),
  fc
    .tuple(
      fc.constantFrom('work', 'home'),
      op,
      fc.constantFrom('x', '0@', 'example', '1@work.example'),
    )
    .map(([t, o, v]) => `emails[type eq "${t}"].value ${o} ${quoted(v)}`),
)
const { text: filters } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'filter' },
    leaf,
    tie('text').map((t) => `not (${t})`),
    fc
      .tuple(tie('text'), fc.constantFrom('and', 'or'), tie('text'))
      .map(([a, o, b]) => `(${a}) ${o} (${b})`),
  ),
}))

/** The same on plain values: each user as one flat value, her addresses one by one. */
function holds(filter: Filter, i: number): boolean {
  const user = users[i]
  if (!user) return false
  switch (filter.op) {
    case 'and':
      return filter.filters.every((f) => holds(f, i))
    case 'or':
      return filter.filters.some((f) => holds(f, i))
    case 'not':
      return !holds(filter.filter, i)
    case '[]':
      return user.emails.some((e) => matches(filter.filter, { ...e }))
    default:
      return matches(filter, {
        userName: user.userName,
        active: user.active,
        ...(user.displayName === null ? {} : { displayName: user.displayName }),
        ...(user.givenName === null ? {} : { 'name.givenName': user.givenName }),
        ...(user.familyName === null ? {} : { 'name.familyName': user.familyName }),
      })
  }
}

it('finds in the database whom it finds among plain values', async () => {
  await fc.assert(
    fc.asyncProperty(filters, async (text) => {
      fc.pre(text.length < 1900)
      const filter = parseFilter(text)
      const rows = await db.read(() =>
        all(
          q
            .selectFrom('scim_users')
            .select('member_id')
            .where(filterSql(filter, userFields))
            .orderBy('member_id'),
        ),
      )
      const expected = users.flatMap((_, i) => (holds(filter, i) ? [`mem_${i}`] : []))
      expect([text, rows.map((r) => r.member_id)]).toEqual([text, expected])
    }),
    { numRuns: 300 },
  )
})
