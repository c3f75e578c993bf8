import { z } from 'zod'
import { line, page, pageQuery, permission, time } from '../workspace/schema.ts'

/** The built-in roles, strongest first. */
export const roleKeys = ['owner', 'admin', 'member'] as const
export const memberStatuses = ['invited', 'active', 'suspended', 'archived'] as const

export const email = z.string().trim().max(254).pipe(z.email())
export const memberName = line(200)
export const roleKey = z.enum(roleKeys)
export type RoleKey = z.infer<typeof roleKey>
export const memberStatus = z.enum(memberStatuses)
export type MemberStatus = z.infer<typeof memberStatus>
/** Counts the changes of a row. Send the one you have seen: if somebody changed it since, nothing is overwritten. */
export const version = z.int().min(1)
export const idParams = z.object({ id: z.string().max(100) })
export const changeSetHash = z
  .string()
  .max(100)
  .optional()
  .describe(
    '`hash` of the change set that was looked at; refused when the effect is another one now.',
  )

export const because = z.object({
  kind: z.enum(['built_in', 'role']),
  id: z.string(),
  name: z.string(),
  through: z
    .object({ kind: z.enum(['member', 'group', 'default']), id: z.string(), name: z.string() })
    .nullable()
    .describe(
      'How a custom role reaches her: given to her, to a group of hers, or as the default.',
    ),
  endsAt: time.nullable(),
})
export const heldPermission = z.object({
  key: permission,
  sentence: z.string(),
  because: z.array(because),
  off: z
    .string()
    .nullable()
    .describe('The surface that is turned off, without which the permission opens nothing.'),
})

export const usedBy = z.object({
  kind: z.string(),
  id: z.string(),
  label: z.string(),
  link: z.string(),
})
export type UsedBy = z.infer<typeof usedBy>

export const member = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: roleKey,
  status: memberStatus,
  source: z.enum(['manual', 'scim']),
  createdAt: time,
  updatedAt: time,
  lastSeenAt: time.nullable(),
  version,
})
export type Member = z.infer<typeof member>

const groupRef = z.object({
  id: z.string(),
  name: z.string(),
  endsAt: time.nullable().describe('She leaves it by herself then; null: never.'),
})
export const listedMember = member.extend({ groups: z.array(groupRef) })
export type ListedMember = z.infer<typeof listedMember>
export const membersPage = page(listedMember)

/** A minus in front turns the order around: `sort=-lastSeen`. */
export const sorted = <const K extends readonly string[]>(keys: K) => {
  const both = keys.flatMap((key) => [key, `-${key}`]) as [K[number] | `-${K[number]}`]
  return z.enum(both)
}
export const membersQuery = pageQuery.extend({
  role: roleKey.optional(),
  group: z.string().max(100).optional().describe('Only members of the group with this id.'),
  status: memberStatus.optional().describe('Without it: everybody who is not archived.'),
  sort: sorted(['name', 'email', 'role', 'status', 'lastSeen', 'created']).default('name'),
})
export type MembersQuery = z.infer<typeof membersQuery>

export const holding = z.object({
  kind: z.string().describe('`session`, `key`, `group`, `draft` …'),
  count: z.int(),
  label: z.string(),
  fate: z.string().describe('What becomes of it.'),
  items: z.array(z.object({ id: z.string(), label: z.string(), link: z.string().optional() })),
})
export type Holding = z.infer<typeof holding>

export const offboarding = z.object({
  member,
  archive: z.array(holding).describe('What archiving ends or keeps.'),
  delete: z.array(holding).describe('What deleting ends or removes.'),
  refused: z.string().nullable().describe('Why neither is possible for the caller now.'),
})
export type Offboarding = z.infer<typeof offboarding>

export const key = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(permission),
  permissions: z.array(permission).describe('The scopes that its maker holds now.'),
  maker: z.object({ kind: z.enum(['member', 'operator']), id: z.string(), label: z.string() }),
  state: z.enum(['working', 'asleep', 'expired', 'revoked']),
  createdAt: time,
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable(),
  revokedAt: time.nullable(),
  revokedBy: z.string().nullable(),
})
export type ServiceKey = z.infer<typeof key>

const keptBy = z
  .object({ id: z.string(), name: z.string() })
  .nullable()
  .describe('The directory that provisions it; null: it is kept by hand.')

export const memberPage = listedMember.extend({
  keptBy,
  permissions: z.array(heldPermission),
  keys: z.array(key),
})
export type MemberPage = z.infer<typeof memberPage>

export const newMember = z.object({
  email,
  name: memberName.default(''),
  role: roleKey.default('member'),
  groupIds: z.array(z.string().max(100)).max(100).default([]),
})
export const memberChange = z.object({ name: memberName, version })
export const emailChange = z.object({ email, version })
export const roleChange = z.object({ role: roleKey, version })
export const statusChange = z.object({ version, changeSet: changeSetHash })
export const memberRemoval = z.object({
  version: z.coerce.number().int().min(1),
  changeSet: changeSetHash,
})

export const group = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  source: z.enum(['manual', 'scim']),
  members: z.int(),
  createdAt: time,
  updatedAt: time,
  version,
})
export type Group = z.infer<typeof group>
export const groupsPage = page(group)
export const groupsQuery = pageQuery.extend({
  sort: sorted(['name', 'members', 'created']).default('name'),
})
export type GroupsQuery = z.infer<typeof groupsQuery>
export const groupPage = group.extend({ keptBy, usedBy: z.array(usedBy) })
export type GroupPage = z.infer<typeof groupPage>
export const groupName = line(100).min(1)
export const groupDescription = line(500)
export const newGroup = z.object({
  name: groupName,
  description: groupDescription.default(''),
})
export const groupChange = z.object({
  name: groupName.optional(),
  description: groupDescription.optional(),
  version,
})
export const groupRemoval = memberRemoval
export const groupMembersQuery = membersQuery.omit({ group: true })

/** As many as one page of a bulk act sends; larger changes are a CSV import. */
const memberIds = z.array(z.string().max(100)).max(5000).default([])
/** A minute to a year: what is shorter nobody notices, what is longer nobody remembers. */
export const lasts = z
  .int()
  .min(60_000)
  .max(366 * 86_400_000)
  .nullable()
  .default(null)
  .describe('How long it holds (ms), from when it is done; null: for good.')
export const membershipChange = z.object({
  add: memberIds,
  remove: memberIds,
  lasts,
  changeSet: changeSetHash,
})
export const membershipResult = z.object({
  added: z.int(),
  removed: z.int(),
  changed: z
    .int()
    .describe('Who was in already for a time, which now ends at another moment or never.'),
  touches: z.int().describe('Principals whose effective policy changed by this.'),
  members: z.int(),
})

export const keysPage = page(key)
export const keysQuery = pageQuery.extend({
  state: z
    .enum(['all', 'usable'])
    .default('all')
    .describe('`usable` leaves out revoked and expired.'),
})
export const newKey = z.object({
  name: line(100).min(1),
  scopes: z.array(permission).min(1).max(100),
  expiresAt: time.nullable().default(null),
})
export const issuedKey = z.object({
  key,
  secret: z.string().describe('The key itself. It is shown this once and cannot be read back.'),
})

export const me = z.object({
  kind: z.enum(['member', 'key']),
  id: z.string(),
  label: z.string(),
  member: listedMember.nullable(),
  permissions: z.array(z.object({ key: permission, sentence: z.string() })),
})

export const importQuery = z.object({
  createGroups: z
    .enum(['true', 'false'])
    .default('false')
    .describe('Makes groups that do not exist yet, instead of complaining about them.'),
  preview: z.string().max(100).optional().describe('`hash` of the preview that was looked at.'),
})
export const importError = z.object({
  line: z.int(),
  column: z.string().nullable(),
  code: z.string(),
  message: z.string(),
})
export const importRow = z.object({
  line: z.int(),
  act: z.enum(['create', 'update', 'unchanged']),
  email: z.string(),
  name: z.string(),
  role: roleKey,
  changes: z.array(z.string()),
})
export const importPreview = z.object({
  hash: z.string(),
  creates: z.int(),
  updates: z.int(),
  unchanged: z.int(),
  newGroups: z.array(z.string()),
  memberships: z.int(),
  touches: z
    .int()
    .describe(
      'Present members who get another effective policy; those who are new are not counted.',
    ),
  errors: z.array(importError).describe('The first 200.'),
  errorCount: z.int(),
  sample: z.array(importRow).describe('The first 100 rows.'),
})
export type ImportPreview = z.infer<typeof importPreview>
export const importResult = z.object({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  newGroups: z.int(),
  memberships: z.int(),
  touches: z.int(),
})
