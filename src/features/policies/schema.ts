import { z } from 'zod'
import { line, page, pageQuery, time } from '../workspace/schema.ts'

const id = z.string().min(1).max(100)
const name = line(100).min(1)
const description = z.string().trim().max(2000)
export const message = z.string().trim().min(1).max(500)
export const changeSetHash = z
  .string()
  .max(100)
  .optional()
  .describe(
    'The hash of the change set that was looked at; refused when the effect is another by now.',
  )

/** One thing the check found, at its place in the text. */
export const complaint = z.object({
  document: z
    .enum(['requirements', 'defaults'])
    .describe('Which of the two texts of the policy it is about.'),
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

/** A newer version that only a part is served. */
export const rolloutMark = z.object({
  id,
  version: z.int(),
  state: z.enum(['in_stage', 'halted']),
})
/** A version that waits for its time, or whose time went by without it. */
export const scheduleMark = z.object({
  id,
  version: z.int(),
  at: time,
  toStage: z.boolean(),
  state: z.enum(['scheduled', 'missed']),
  note: z.string().describe('Why it was not published at its time.'),
})

export const policy = z.object({
  id,
  name: z.string(),
  description: z.string(),
  createdAt: time,
  archivedAt: time.nullable(),
  revision: z.int().describe('Of name, description and archiving; send it with a change.'),
  published: versionRef.nullable(),
  rollout: rolloutMark.nullable(),
  scheduled: scheduleMark.nullable(),
  draft: z.object({
    changed: z
      .boolean()
      .describe('The draft differs from what is published, or is being rolled out or scheduled.'),
    updatedAt: time,
    updatedBy: z.string(),
  }),
  isDefault: z.boolean(),
  rules: z.int(),
  members: z.int().describe('Active members whose effective policy it is.'),
  enrolments: z.int(),
  accounts: z.int().describe('Service accounts.'),
})
export type Policy = z.infer<typeof policy>
export const policyPage = page(policy)
export const policyQuery = pageQuery.extend({
  archived: z.enum(['no', 'yes', 'all']).default('no'),
  sort: z.enum(['name', '-name', 'updated', '-updated', 'members', '-members']).default('name'),
})

export const usedBy = z.object({
  kind: z.enum(['default', 'rule', 'rollout']),
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
  defaults: z.string().default(''),
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
  defaults: z
    .string()
    .describe('The overridable config.toml beside the requirements; empty when there is none.'),
  revision: z.int(),
  baseVersion: z.int().nullable().describe('The version it was started from.'),
  updatedAt: time,
  updatedBy: z.string(),
})
export type Draft = z.infer<typeof draft>
export const draftSave = z.object({
  text: z.string(),
  defaults: z.string().optional().describe('Left out: those of the draft stay.'),
  revision: z.int().describe('The revision that was edited.'),
})
export const checkRequest = z.object({
  text: z.string(),
  defaults: z.string().default('').describe('The config.toml beside it.'),
})
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
  rollout: z
    .enum(['in_stage', 'halted', 'finished', 'taken_back', 'scheduled', 'cancelled', 'missed'])
    .nullable()
    .describe('What became of it where it was not published to everybody at once.'),
})
export type Version = z.infer<typeof version>
export const versionPage = page(version)
export const versionText = version.extend({ text: z.string(), defaults: z.string() })
export const versionParams = z.object({ id, number: z.coerce.number().int().min(1) })

/** The draft that becomes a version. */
export const publish = z.object({
  message,
  draftRevision: z.int().describe('The revision of the draft that is meant.'),
  at: time
    .optional()
    .describe('Not now but at this time, at most a year from now. The text is fixed now.'),
  changeSet: changeSetHash,
})
/** With the four-eyes rule on: at once and without approval; somebody else reviews it afterwards. */
export const emergency = z
  .object({ reason: z.string().trim().min(1).max(500) })
  .describe('It cannot wait for approval, and why.')
export const putBack = z.object({
  version: z.int().min(1),
  message: message.optional(),
  publishedVersion: z.int().describe('The version that was in force when this was decided.'),
  acceptErrors: z
    .boolean()
    .default(false)
    .describe('Put it back although the present check finds errors in it.'),
  changeSet: changeSetHash,
  emergency: emergency.optional(),
})
export const published = z.object({
  version,
  touches: z.int().describe('Who gets another policy by it; later, where it is for later.'),
})

export const ruleInput = z.object({ groupId: id, policyId: id })
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
