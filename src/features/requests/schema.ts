import { z } from 'zod'
import { lasts } from '../access/schema.ts'
import { line, page, pageQuery, permission, time } from '../workspace/schema.ts'

export const requestStates = ['open', 'granted', 'declined', 'withdrawn'] as const
export const requestState = z.enum(requestStates)
export type RequestState = z.infer<typeof requestState>

const id = z.string().max(100)
const about = line(200).min(1)

/** What is asked for. Names are as the person knows them: no list of roles and groups is shown to everybody. */
export const wanted = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('permission'), permission }),
  z.object({ kind: z.literal('role'), name: about }),
  z.object({ kind: z.literal('group'), name: about }),
  z
    .object({
      kind: z.literal('refusal'),
      what: about.describe('The command or the host, as the person knows it.'),
      policyId: id.nullable().default(null),
      rule: z
        .string()
        .regex(/^[0-9a-f]{8}$/)
        .nullable()
        .default(null)
        .describe('`rule` of the address that stood in the refusal.'),
    })
    .describe('Something that a policy asked about or forbade.'),
])
export type Wanted = z.infer<typeof wanted>

/** A few sentences; line breaks are kept. */
const words = z.string().trim().max(1000)

export const newRequest = z.object({
  wanted,
  reason: words.min(1),
  lasts: lasts.describe('The time that is asked for (ms); null: for good.'),
})
export type NewRequest = z.infer<typeof newRequest>

/** What a request is about, as the page of the one who decides says it. */
export const refusedRule = z.object({
  policyId: z.string(),
  policyName: z.string(),
  version: z.int().describe('The newest version with this rule.'),
  served: z.boolean().describe('Whether the version that is served has it.'),
  command: z.string().describe('What the rule matches: the beginning of a command.'),
  decision: z.enum(['prompt', 'prompt-user', 'forbidden']),
  line: z.int(),
})
export type RefusedRule = z.infer<typeof refusedRule>

export const way = z.object({ kind: z.enum(['role', 'group']), id })
export type Way = z.infer<typeof way>

export const request = z.object({
  id: z.string(),
  requester: z.object({ id: z.string(), label: z.string() }),
  wanted,
  title: z.string().describe('What is asked for, in a line.'),
  reason: z.string(),
  lasts: z.int().nullable(),
  state: requestState,
  createdAt: time,
  decided: z
    .object({ at: time, by: z.string(), note: z.string() })
    .nullable()
    .describe('Also of one that was withdrawn.'),
  granted: z
    .object({
      kind: z.enum(['role', 'group']),
      id: z.string(),
      name: z.string(),
      endsAt: time.nullable().describe('As it was granted; null: for good.'),
      over: z.boolean().describe('Its time has come.'),
    })
    .nullable(),
})
export type AccessRequest = z.infer<typeof request>

export const requestPage = request.extend({
  rule: refusedRule.nullable(),
  own: z.boolean(),
  mayDecide: z.boolean(),
})
export type RequestPage = z.infer<typeof requestPage>

export const requestList = page(request)
export const requestQuery = pageQuery.extend({
  state: requestState.optional(),
  member: id.optional().describe('Only those of this member.'),
})
export type RequestQuery = z.infer<typeof requestQuery>
export const ownQuery = requestQuery.omit({ member: true })

export const aboutQuery = z.object({ policy: id, rule: z.string().max(20) })
export const aboutAnswer = z.object({ rule: refusedRule.nullable() })

export const grant = z.object({
  way: way.describe('The role to give, or the group to put the person into.'),
  lasts,
  note: words.default('').describe('For the one who asked.'),
  changeSet: z
    .string()
    .max(100)
    .optional()
    .describe('`hash` of the change set that was looked at.'),
})
export type GrantWish = z.infer<typeof grant>
export const decline = z.object({ reason: words.min(1) })

/** What the caller may give to answer a request. */
export const ways = z.object({
  roles: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      fits: z.boolean().describe('It is the role, or holds the permission, that is asked for.'),
    }),
  ),
  group: z
    .object({ id: z.string(), name: z.string() })
    .nullable()
    .describe('The group whose name was asked for.'),
  groups: z.boolean().describe('Whether the caller may change who is in groups.'),
})
export type Ways = z.infer<typeof ways>
