import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { act as actSchema, type Act } from '#features/policies/schema.act.ts'
import { permissionKeys } from '#features/workspace/permissions.ts'
import { surfaceKeys } from '#features/workspace/surfaces/schema.ts'
import { parseSearch, stringifySearch } from '../address.ts'
import { actOf, actSearch } from './act-address.ts'

const id = fc.stringMatching(/^[a-z]{3}_[0-9a-f]{8}$/)
const ids = fc.array(id, { maxLength: 4 })
const stage = fc.record({
  groupIds: ids,
  enrolmentIds: ids,
  percent: fc.integer({ min: 0, max: 100 }),
})
const lasts = fc.integer({ min: 1 })
const kind = <K extends Act['kind'], M extends object>(
  name: K,
  model: { [P in keyof M]: fc.Arbitrary<M[P]> },
) => fc.record({ kind: fc.constant(name), ...model })

/** Every kind of act: one that is missing here does not compile. */
const kinds: Record<Act['kind'], fc.Arbitrary<unknown>> = {
  publish: kind('publish', { policyId: id }),
  rollback: kind('rollback', { policyId: id, version: fc.integer({ min: 1, max: 999 }) }),
  rules: kind('rules', {
    rules: fc.array(fc.record({ groupId: id, policyId: id }), { maxLength: 4 }),
  }),
  default: kind('default', { policyId: fc.option(id) }),
  membership: fc.record(
    { kind: fc.constant('membership'), groupId: id, add: ids, remove: ids, lasts },
    { requiredKeys: ['kind', 'groupId', 'add', 'remove'] },
  ),
  delete_group: kind('delete_group', { groupId: id }),
  enrolment: kind('enrolment', { enrolmentId: id, groupId: fc.option(id) }),
  remove_enrolment: kind('remove_enrolment', { enrolmentId: id }),
  service_account: kind('service_account', {
    accountId: id,
    groupIds: ids,
    status: fc.constantFrom('active', 'suspended'),
  }),
  remove_service_account: kind('remove_service_account', { accountId: id }),
  remove_member: kind('remove_member', { memberId: id }),
  activate_member: kind('activate_member', { memberId: id }),
  join_groups: kind('join_groups', {
    joins: fc.array(fc.record({ memberId: id, groupId: id }), { maxLength: 4 }),
  }),
  role_grant: fc.record(
    {
      kind: fc.constant('role_grant'),
      roleId: id,
      holder: fc.record({ kind: fc.constantFrom('member', 'group'), id }),
      given: fc.boolean(),
      lasts,
    },
    { requiredKeys: ['kind', 'roleId', 'holder', 'given'] },
  ),
  role_change: kind('role_change', {
    roleId: id,
    permissions: fc.subarray(permissionKeys.slice()),
  }),
  default_role: kind('default_role', { roleId: fc.option(id) }),
  surface: kind('surface', {
    key: fc.constantFrom(...surfaceKeys),
    on: fc.boolean(),
  }),
  rollout: kind('rollout', { policyId: id, stage }),
  finish_rollout: kind('finish_rollout', { policyId: id }),
  take_back_rollout: kind('take_back_rollout', { policyId: id }),
}

describe('an act in an address', () => {
  it('comes out as it went in, whichever act it is', () => {
    fc.assert(
      fc.property(fc.oneof(...Object.values(kinds)), (any) => {
        const act = actSchema.parse(any)
        const address = stringifySearch(actSearch(act) ?? {})
        expect(actOf(parseSearch(address))).toEqual(act)
      }),
      { numRuns: 500 },
    )
  })

  it('is read by people', () => {
    const rules = [{ groupId: 'grp_1', policyId: 'pol_1' }]
    expect(stringifySearch(actSearch({ kind: 'rules', rules }) ?? {})).toBe(
      '?act=rules&rules=grp_1%2Cpol_1',
    )
  })

  it('does not stand there when it is too large', () => {
    const add = Array.from({ length: 500 }, (_, i) => `mem_0123456789abcdef${i}`)
    expect(actSearch({ kind: 'membership', groupId: 'grp_1', add, remove: [] })).toBeUndefined()
    const document = { text: '', defaults: '' }
    expect(actSearch({ kind: 'publish', policyId: 'pol_1', document })).toBeUndefined()
  })

  it('is none where the address says nothing that can be understood', () => {
    expect(actOf({})).toBeUndefined()
    expect(actOf({ act: 'unheard' })).toBeUndefined()
    expect(actOf({ act: 'publish' })).toBeUndefined()
    expect(actOf({ act: 'kept-unknown' })).toBeUndefined()
  })
})
