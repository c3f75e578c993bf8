import { describe, expect, it } from 'vitest'
import { permissionKeys } from '#features/workspace/index.ts'
import { roles } from './builtin.ts'
import { explainPermissions, permissionsOf, type Grant } from './held.ts'
import { memberStatuses } from '../schema.ts'

const grant: Grant = {
  from: {
    kind: 'role',
    id: 'rol_1',
    name: 'Auditors',
    through: { kind: 'group', id: 'grp_1', name: 'Finance' },
    endsAt: null,
  },
  permissions: ['audit.read', 'workspace.read'],
}

describe('built-in roles', () => {
  it('stand in each other: owner ⊃ admin ⊃ member', () => {
    expect([...roles.owner.permissions]).toEqual(permissionKeys)
    for (const p of roles.admin.permissions) expect(roles.owner.permissions).toContain(p)
    for (const p of roles.member.permissions) expect(roles.admin.permissions).toContain(p)
    expect(roles.admin.permissions.has('settings.manage')).toBe(false)
  })

  it('give nothing unless the member is active', () => {
    const sizes = memberStatuses.map((status) => permissionsOf({ role: 'owner', status }, []).size)
    expect(sizes).toEqual([0, permissionKeys.length, 0, 0])
    expect(permissionsOf({ role: 'member', status: 'suspended' }, [grant]).size).toBe(0)
  })

  it('are joined with grants, and each permission says all that it comes from', () => {
    const member = { kind: 'built_in', id: 'member', name: 'Member', through: null, endsAt: null }
    expect(explainPermissions({ role: 'member', status: 'active' }, [grant])).toEqual([
      {
        key: 'workspace.read',
        because: [member, grant.from],
      },
      { key: 'watch.read', because: [member] },
      { key: 'subscriptions.read', because: [member] },
      { key: 'audit.read', because: [grant.from] },
    ])
  })
})
