import { z } from 'zod'
import { line, page, pageQuery, surfaceKeys, time } from '../workspace/schema.ts'

const id = z.string().min(1).max(100)
const name = line(100).min(1)
const description = z.string().trim().max(2000)
const message = z.string().trim().min(1).max(500)
const changeSetHash = z
  .string()
  .max(100)
  .optional()
  .describe(
    'The hash of the change set that was looked at; refused when the effect is another by now.',
  )

/** One thing the check found, at its place in the text. */
export const complaint = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  line: z.int(),
  column: z.int(),
  endLine: z.int(),
  endColumn: z.int(),
  key: z.string(),
  message: z.string(),
  effect: z.string().describe('What the client would do with it.'),
  remedy: z.string(),
  fix: z
    .object({
      title: z.string(),
      edits: z.array(z.object({ from: z.int(), to: z.int(), insert: z.string() })),
    })
    .optional(),
})
export type Complaint = z.infer<typeof complaint>

const versionRef = z.object({
  number: z.int(),
  at: time,
  author: z.string(),
  message: z.string(),
})

export const policy = z.object({
  id,
  name: z.string(),
  description: z.string(),
  createdAt: time,
  archivedAt: time.nullable(),
  revision: z.int().describe('Of name, description and archiving; send it with a change.'),
  published: versionRef.nullable(),
  draft: z.object({
    changed: z.boolean().describe('The draft differs from what is published.'),
    updatedAt: time,
    updatedBy: z.string(),
  }),
  isDefault: z.boolean(),
  rules: z.int(),
  members: z.int().describe('Active members whose effective policy it is.'),
  enrolments: z.int(),
})
export type Policy = z.infer<typeof policy>
export const policyPage = page(policy)
export const policyQuery = pageQuery.extend({
  archived: z.enum(['no', 'yes', 'all']).default('no'),
  sort: z.enum(['name', '-name', 'updated', '-updated', 'members', '-members']).default('name'),
})

export const usedBy = z.object({
  kind: z.enum(['default', 'rule']),
  id: z.string(),
  label: z.string(),
  link: z.string(),
})
export type UsedBy = z.infer<typeof usedBy>
export const policyDetail = policy.extend({ usedBy: z.array(usedBy) })

export const policyCreate = z.object({
  name,
  description: description.default(''),
  text: z.string().default(''),
})
export const policyChange = z.object({
  revision: z.int(),
  name: name.optional(),
  description: description.optional(),
})
export const policyDuplicate = z.object({
  name,
  description: description.optional(),
  version: z.int().min(1).optional().describe('Default: the published version, else the draft.'),
})
export const revisionOnly = z.object({ revision: z.int() })

export const draft = z.object({
  text: z.string(),
  revision: z.int(),
  baseVersion: z.int().nullable().describe('The version it was started from.'),
  updatedAt: time,
  updatedBy: z.string(),
})
export type Draft = z.infer<typeof draft>
export const draftSave = z.object({
  text: z.string(),
  revision: z.int().describe('The revision that was edited.'),
})
export const checkRequest = z.object({ text: z.string() })
export const checkAnswer = z.object({
  complaints: z.array(complaint),
  publishable: z.boolean(),
})

export const version = z.object({
  id,
  number: z.int(),
  at: time,
  author: z.string(),
  message: z.string(),
  putBack: z.int().nullable().describe('The version whose text it put back.'),
  sha256: z.string(),
  bytes: z.int(),
  warnings: z.int().describe('Warnings of the check when it was published.'),
  checkVersion: z.string(),
  served: z.boolean(),
})
export type Version = z.infer<typeof version>
export const versionPage = page(version)
export const versionText = version.extend({ text: z.string() })
export const versionParams = z.object({ id, number: z.coerce.number().int().min(1) })

export const publish = z.object({
  message,
  draftRevision: z.int().describe('The revision of the draft that is meant.'),
  changeSet: changeSetHash,
})
export const putBack = z.object({
  version: z.int().min(1),
  message: message.optional(),
  publishedVersion: z.int().describe('The version that was in force when this was decided.'),
  acceptErrors: z
    .boolean()
    .default(false)
    .describe('Put it back although the present check finds errors in it.'),
  changeSet: changeSetHash,
})
export const published = z.object({ version, touches: z.int() })

const ruleInput = z.object({ groupId: id, policyId: id })
export const rule = z.object({
  id,
  position: z.int(),
  groupId: id,
  groupName: z.string(),
  policyId: id,
  policyName: z.string(),
  version: z.int(),
  inGroup: z.int().describe('Active members and enrolments in the group.'),
  decides: z.int().describe('Those for whom this rule decides.'),
  shadowedBy: z
    .array(z.object({ position: z.int(), groupName: z.string(), count: z.int() }))
    .describe('Earlier rules that take its people away; only filled when it decides for nobody.'),
})
export type Rule = z.infer<typeof rule>
export const rules = z.object({
  revision: z.int(),
  rules: z.array(rule),
  default: z
    .object({ policyId: id, policyName: z.string(), version: z.int(), decides: z.int() })
    .nullable(),
  withoutPolicy: z.int().describe('Principals for whom neither a rule nor a default decides.'),
})
export type Rules = z.infer<typeof rules>
export const rulesChange = z.object({
  rules: z.array(ruleInput).max(2000),
  expectedRevision: z.int(),
  changeSet: changeSetHash,
})
export const defaultChange = z.object({
  policyId: id.nullable(),
  expectedRevision: z.int(),
  changeSet: changeSetHash,
})

/** Any act that may change somebody's effective policy. */
export const act = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('publish'), policyId: id }),
  z.object({ kind: z.literal('rollback'), policyId: id, version: z.int() }),
  z.object({ kind: z.literal('rules'), rules: z.array(ruleInput).max(2000) }),
  z.object({ kind: z.literal('default'), policyId: id.nullable() }),
  z.object({
    kind: z.literal('membership'),
    groupId: id,
    add: z.array(id).max(20_000).readonly().default([]),
    remove: z.array(id).max(20_000).readonly().default([]),
  }),
  z.object({ kind: z.literal('delete_group'), groupId: id }),
  z.object({ kind: z.literal('enrolment'), enrolmentId: id, groupId: id.nullable() }),
  z.object({ kind: z.literal('remove_enrolment'), enrolmentId: id }),
  z.object({ kind: z.literal('remove_member'), memberId: id }),
  z.object({ kind: z.literal('activate_member'), memberId: id }),
  z.object({
    kind: z.literal('join_groups'),
    joins: z
      .array(z.object({ memberId: id, groupId: id }))
      .max(200_000)
      .readonly(),
  }),
  z.object({ kind: z.literal('surface'), key: z.enum(surfaceKeys), on: z.boolean() }),
])
export type Act = z.infer<typeof act>

const principalRef = z.object({ kind: z.enum(['member', 'enrolment']), id, label: z.string() })
const side = z.object({ policyId: id, name: z.string(), version: z.int() }).nullable()
/** What a client is given: a policy, nothing at all (unconstrained), a refusal to start, or it is gone. */
export const given = z.enum(['policy', 'nothing', 'refused', 'gone'])
export const changeSet = z.object({
  hash: z.string(),
  touches: z.int(),
  members: z.int(),
  enrolments: z.int(),
  changes: z.array(
    z.object({
      before: side,
      beforeIs: given,
      after: side,
      afterIs: given,
      count: z.int(),
      sample: z.array(principalRef),
      keys: z
        .array(
          z.object({
            key: z.string(),
            before: z.string().optional(),
            after: z.string().optional(),
          }),
        )
        .describe('The keys of requirements.toml that change, with their values.'),
    }),
  ),
  moreChanges: z.int().describe('Further kinds of change that are counted but not listed.'),
  complaints: z
    .array(complaint)
    .describe('What the check says about the text that would be served.'),
  clients: z.string().describe('When clients learn of it.'),
  undo: z.string().describe('How to take it back.'),
})
export type ChangeSet = z.infer<typeof changeSet>
export const previewRequest = z.object({ act })

export const lookupQuery = z.object({
  email: z.string().max(254).optional(),
  group: z.string().max(100).optional().describe('Id or name of a group.'),
  enrolment: z.string().max(100).optional().describe('Id or name of an enrolment.'),
})
export const lookup = z.object({
  principal: z.object({
    kind: z.enum(['member', 'group', 'enrolment']),
    id,
    label: z.string(),
    detail: z.string(),
    groups: z.array(z.object({ id, name: z.string() })),
  }),
  policy: z
    .object({
      id,
      name: z.string(),
      versionId: id,
      version: z.int(),
      text: z.string(),
      sha256: z.string(),
    })
    .nullable(),
  because: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('rule'),
      ruleId: id,
      position: z.int(),
      groupId: id,
      groupName: z.string(),
    }),
    z.object({ kind: z.literal('default') }),
    z.object({ kind: z.literal('none') }),
  ]),
  lost: z.array(
    z.object({
      ruleId: id,
      position: z.int(),
      groupId: id,
      groupName: z.string(),
      policyId: id,
      policyName: z.string(),
      reason: z.enum(['not_in_group', 'later_rule']),
    }),
  ),
  surface: z.object({ on: z.boolean(), message: z.string() }),
  spread: z
    .array(z.object({ policyId: id.nullable(), policyName: z.string(), count: z.int() }))
    .describe(
      'For a group: what its members and enrolments really get, since they may be in others.',
    ),
  lastFetched: z
    .object({ at: time, version: z.int().nullable() })
    .nullable()
    .describe('For an enrolment: the last time a client fetched with it.'),
  revision: z.int(),
})
export type Lookup = z.infer<typeof lookup>
