import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Permission } from '#features/workspace/index.ts'
import { maxImportRows, readImport } from './import.csv.ts'
import { planHash, planImport, previewOf, type ImportGround } from './import.plan.ts'
import { roles } from './roles/builtin.ts'
import { potentialOf } from './roles/held.ts'
import type { Member } from './schema.ts'

const member = (given: Partial<Member>): Member => ({
  id: 'mem_1',
  email: 'Ada@acme.example',
  name: 'Ada',
  role: 'member',
  status: 'active',
  source: 'manual',
  createdAt: 0,
  updatedAt: 0,
  lastSeenAt: null,
  version: 1,
  ...given,
})

function ground(
  members: readonly Member[] = [],
  inGroup: readonly string[] = [],
  grants: readonly Permission[] = [],
): ImportGround {
  return {
    members: new Map(members.map((m) => [m.email.toLowerCase(), m])),
    groups: new Map([['platform', { id: 'grp_1', name: 'Platform', source: 'manual' }]]),
    groupsOf: new Map(inGroup.map((id) => [id, new Set(['grp_1'])])),
    rights: { potential: (m) => potentialOf(m, []), ofGroup: () => grants, byDefault: [] },
  }
}

const actor = (role: 'owner' | 'admin') => ({
  kind: 'session' as const,
  id: 'mem_0',
  label: 'x',
  permissions: roles[role].permissions,
})

describe('reading the file', () => {
  it('takes the columns in any order, with a byte order mark and either delimiter', () => {
    const comma = readImport('\uFEFFName,EMAIL,groups\r\nAda,ada@acme.example,"Platform;Data"\r\n')
    const semicolon = readImport('name;email;groups\nAda;ada@acme.example;Platform|Data\n')
    const line = {
      line: 2,
      email: 'ada@acme.example',
      name: 'Ada',
      role: undefined,
      groups: ['Platform', 'Data'],
    }
    expect(comma).toEqual({ lines: [line], errors: [] })
    expect(semicolon).toEqual(comma)
  })

  it('names line and column of everything that is wrong', () => {
    const { lines, errors } = readImport(
      'email,role\nada@acme.example,member\nnonsense,king\n\nADA@acme.example,\n',
    )
    expect(lines.map((l) => l.line)).toEqual([2])
    expect(errors.map(({ line, column, code }) => [line, column, code])).toEqual([
      [3, 'email', 'bad_email'],
      [3, 'role', 'bad_role'],
      [5, 'email', 'same_email_twice'],
    ])
  })

  it.each([
    ['', 'missing_column'],
    ['name\nAda\n', 'missing_column'],
    ['emial,name\na@acme.example,Ada\n', 'unknown_column'],
    ['email,email\na@acme.example,b@acme.example\n', 'unknown_column'],
    ['email\n"a@acme.example', 'malformed_csv'],
  ])('refuses %j with %s', (text, code) => {
    const { lines, errors } = readImport(text)
    expect(lines).toEqual([])
    expect(errors[0]?.code).toBe(code)
  })

  it('refuses one row more than it takes', () => {
    const rows = Array.from({ length: maxImportRows + 1 }, (_, i) => `p${i}@acme.example`)
    expect(readImport(`email\n${rows.slice(1).join('\n')}`).errors).toEqual([])
    expect(readImport(`email\n${rows.join('\n')}`).errors[0]?.code).toBe('too_many_rows')
  })

  it('answers any text with lines or complaints, never with an exception', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { lines, errors } = readImport(`email,name,role,groups\n${text}`)
        expect(Array.isArray(lines) && Array.isArray(errors)).toBe(true)
      }),
    )
  })
})

describe('planning', () => {
  const plan = (text: string, g = ground(), as: 'owner' | 'admin' = 'admin', make = false) =>
    planImport(readImport(text).lines, g, actor(as), make)

  it('says for each row what it does, and finds members whatever the case of the address', () => {
    const preview = previewOf(
      plan(
        'email,name,groups\nada@ACME.example,Ada L,Platform\ngrace@acme.example,Grace,\nsame@acme.example,Sam,platform',
        ground(
          [member({}), member({ id: 'mem_2', email: 'same@acme.example', name: 'Sam' })],
          ['mem_2'],
        ),
      ),
      [],
      1,
    )
    expect(preview.sample.map((r) => [r.act, r.changes])).toEqual([
      ['update', ['name: Ada → Ada L', 'joins Platform']],
      ['create', []],
      ['unchanged', []],
    ])
    expect(preview).toMatchObject({ creates: 1, updates: 1, unchanged: 1, memberships: 1 })
  })

  it('leaves alone what the file leaves empty', () => {
    const { rows } = plan(
      'email,name,role\nada@acme.example,,',
      ground([member({ role: 'admin' })]),
    )
    expect(rows[0]).toMatchObject({ name: 'Ada', role: 'admin', changes: [] })
  })

  it('complains about unknown groups, or makes each of them once', () => {
    const text = 'email,groups\na@acme.example,Data\nb@acme.example,data;Platform'
    expect(plan(text).errors.map((e) => [e.line, e.code])).toEqual([
      [2, 'unknown_group'],
      [3, 'unknown_group'],
    ])
    const made = plan(text, ground(), 'admin', true)
    expect(made.errors).toEqual([])
    expect([...made.newGroups]).toEqual([['data', 'Data']])
  })

  it('cannot do what its sender may not: an admin makes no owner and changes none', () => {
    const owner = member({ role: 'owner' })
    const codes = (text: string) => plan(text, ground([owner])).errors.map((e) => [e.line, e.code])
    expect(codes('email,role\nnew@acme.example,owner')).toEqual([[2, 'exceeds_own_rights']])
    expect(codes('email,role\nada@acme.example,member')).toEqual([[2, 'exceeds_own_rights']])
    expect(codes('email,name\nada@acme.example,Eve')).toEqual([[2, 'exceeds_own_rights']])
    expect(plan('email,role\nnew@acme.example,owner', ground(), 'owner').errors).toEqual([])
  })

  it('refuses archived members', () => {
    const gone = ground([member({ status: 'archived' })])
    expect(plan('email\nada@acme.example', gone).errors[0]?.code).toBe('archived_member')
  })

  it('has another hash when it would do something else, and the same when not', () => {
    const text = 'email,name\nada@acme.example,Ada'
    expect(planHash(plan(text), 0)).toBe(planHash(plan(`${text}\n`), 0))
    // The same file, but the rules have changed meanwhile.
    expect(planHash(plan(text), 0)).not.toBe(planHash(plan(text), 1))
    expect(planHash(plan(text), 0)).not.toBe(planHash(plan(text, ground([member({})])), 0))
  })
})
