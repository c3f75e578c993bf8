import { z } from 'zod'
import { line, page, pageQuery, permission, time } from '../../workspace/schema.ts'
import { changeSetHash, roleKey, sorted, usedBy, version } from '../schema.ts'

const id = z.string().min(1).max(100)

export const roleName = line(100).min(1)
export const roleDescription = line(500)
/** One list for a set: each key at most once. */
export const permissionSet = z
  .array(permission)
  .max(100)
  .transform((keys) => [...new Set(keys)])
export const shownPermission = z.object({ key: permission, sentence: z.string() })

export const customRole = z.object({
  id,
  name: z.string(),
  description: z.string(),
  permissions: z.array(permission),
  isDefault: z.boolean().describe('Whether everybody holds it who was given no other.'),
  groups: z.int().describe('Groups that it is given to.'),
  members: z.int().describe('Members that it is given to directly.'),
  createdAt: time.nullable().describe('Null: it came with Gatehouse.'),
  createdBy: z.string(),
  updatedAt: time.nullable(),
  version,
})
export type CustomRole = z.infer<typeof customRole>

export const customRolesPage = page(customRole)
export const customRolesQuery = pageQuery.extend({
  permission: permission.optional().describe('Only roles that hold it.'),
  sort: sorted(['name', 'changed']).default('name'),
})
export type CustomRolesQuery = z.infer<typeof customRolesQuery>

export const preset = z.object({
  key: z.string(),
  name: z.string(),
  description: z.string(),
  permissions: z.array(permission),
  note: z
    .string()
    .describe('What the guide also names and Gatehouse cannot give yet; may be empty.'),
})
export type Preset = z.infer<typeof preset>

export const builtInRole = z.object({
  key: roleKey,
  name: z.string(),
  sentence: z.string(),
  permissions: z.array(shownPermission),
  members: z.int(),
})
export const roleCatalogue = z.object({
  items: z.array(builtInRole),
  permissions: z.array(shownPermission),
  presets: z.array(preset),
})
export type RoleCatalogue = z.infer<typeof roleCatalogue>

export const newRole = z.object({
  name: roleName,
  description: roleDescription.default(''),
  permissions: permissionSet,
  copyOf: id.optional().describe('The role that it was cloned from, for the trail.'),
})
export const roleChange = z.object({
  name: roleName.optional(),
  description: roleDescription.optional(),
  permissions: permissionSet.optional(),
  version,
  changeSet: changeSetHash,
})
export const roleRemoval = z.object({ version: z.coerce.number().int().min(1) })
export const rolePage = customRole.extend({
  usedBy: z.array(usedBy).describe('What keeps it from being deleted.'),
})

export const roleVersion = z.object({
  version: z.int(),
  name: z.string(),
  description: z.string(),
  permissions: z.array(permission),
  madeAt: time.nullable(),
  madeBy: z.string(),
  added: z.array(permission).describe('Against the version before.'),
  removed: z.array(permission),
})
export type RoleVersion = z.infer<typeof roleVersion>
export const versionsQuery = pageQuery.pick({ cursor: true, limit: true })
export const roleVersionsPage = page(roleVersion)
export const putBack = z.object({
  to: version.describe('The version whose content is put back.'),
  version,
  changeSet: changeSetHash,
})

const sideOfComparison = z
  .string()
  .min(1)
  .max(120)
  .describe('The id of a role, `id@version`, or the key of a built-in role: owner, admin, member.')
export const comparisonQuery = z.object({ left: sideOfComparison, right: sideOfComparison })
const comparedSide = z.object({
  id: z.string(),
  name: z.string(),
  version: z.int().nullable(),
  permissions: z.int(),
})
export const comparison = z.object({
  left: comparedSide,
  right: comparedSide,
  rows: z.array(
    z.object({
      key: permission,
      sentence: z.string(),
      left: z.boolean(),
      right: z.boolean(),
    }),
  ),
})
export type Comparison = z.infer<typeof comparison>

export const holderRef = z.object({ kind: z.enum(['member', 'group']), id })
export type HolderRef = z.infer<typeof holderRef>
export const roleHolder = z.object({
  grantId: id,
  kind: z.enum(['member', 'group']),
  id,
  name: z.string(),
  members: z.int().describe('How many members it reaches by this, archived ones not counted.'),
  endsAt: time.nullable(),
  reason: z.string(),
  givenAt: time,
  givenBy: z.string(),
  requestId: z.string().nullable(),
})
export type RoleHolder = z.infer<typeof roleHolder>
export const holdersPage = page(roleHolder)
export const holdersQuery = pageQuery.extend({ kind: z.enum(['member', 'group']).optional() })

/** Ten years: longer is for good. */
const longest = 10 * 365 * 86_400_000
export const gift = z.object({
  holder: holderRef,
  lasts: z
    .int()
    .min(60_000)
    .max(longest)
    .nullable()
    .default(null)
    .describe('How long (ms); null: for good. Whoever holds it already holds it until then.'),
  reason: line(500).default(''),
  changeSet: changeSetHash,
})
export const taking = z.object({ holder: holderRef, changeSet: changeSetHash })
export const givenResult = z.object({
  holder: holderRef,
  endsAt: time.nullable(),
  touches: z
    .int()
    .describe('Members who may use Codex by this and could not, or the other way round.'),
})
export const takenResult = z.object({ touches: z.int() })
export const defaultChoice = z.object({ roleId: id.nullable(), changeSet: changeSetHash })
export const defaultResult = z.object({ roleId: id.nullable(), touches: z.int() })
