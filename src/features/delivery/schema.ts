import { z } from 'zod'
import { line, page, pageQuery, time } from '../workspace/schema.ts'

const name = line(80).min(1).describe('Unique among the enrolments in use.')
const groupId = z
  .string()
  .max(100)
  .nullable()
  .describe('The group whose rules apply; null: only the default policy.')

/** `valid` answers; `ending` answers until `endsAt`; `ended` is refused. */
export const keyState = z.enum(['valid', 'ending', 'ended'])

export const enrolmentKey = z.object({
  id: z.string(),
  prefix: z.string().describe('All that can be shown of the key after it was made.'),
  state: keyState,
  createdAt: time,
  createdBy: z.string(),
  endsAt: time.nullable(),
  endedAt: time.nullable(),
  lastFetchedAt: time.nullable(),
})
export type EnrolmentKey = z.infer<typeof enrolmentKey>

export const enrolment = z.object({
  id: z.string(),
  name: z.string(),
  group: z.object({ id: z.string(), name: z.string() }).nullable(),
  state: z.enum(['active', 'revoked']),
  version: z
    .int()
    .describe('Goes up with every change; a change says which version it was based on.'),
  createdAt: time,
  createdBy: z.string(),
  revokedAt: time.nullable(),
  revokedBy: z.string().nullable(),
  lastFetchedAt: time.nullable(),
  fetchesToday: z.int().describe('Fetches since midnight UTC.'),
  addresses24h: z
    .int()
    .describe(
      'Network addresses that fetched in the last 24 hours. Machines behind one address count once.',
    ),
})
export type Enrolment = z.infer<typeof enrolment>

export const enrolmentDetail = enrolment.extend({
  baseUrl: z.string().describe('What machines are given, with a placeholder for the key.'),
  keys: z.array(enrolmentKey),
})
export type EnrolmentDetail = z.infer<typeof enrolmentDetail>

export const enrolmentQuery = pageQuery.extend({
  state: z.enum(['active', 'revoked']).optional(),
  group: z.string().max(100).optional(),
})
export const enrolmentPage = page(enrolment)
export const enrolmentId = z.object({ id: z.string().max(100) })
export const enrolmentKeyId = enrolmentId.extend({ keyId: z.string().max(100) })

export const newEnrolment = z.object({ name, groupId: groupId.default(null) })
export const enrolmentRename = z.object({ name, version: z.int() })
export const enrolmentBinding = z.object({
  groupId,
  version: z.int(),
  changeSet: z.string().max(100).optional().describe('The hash of the previewed change set.'),
})
export const rotation = z.object({
  endOldAfterDays: z
    .int()
    .min(1)
    .max(365)
    .nullable()
    .default(null)
    .describe('When the older key ends by itself; null: when an administrator ends it.'),
})

export const snippet = z.object({
  id: z.enum(['requirements', 'shell', 'ansible', 'intune', 'mdm', 'test']),
  title: z.string(),
  language: z.enum(['toml', 'shell', 'yaml', 'powershell', 'xml']),
  fileName: z.string().describe('A name for the download.'),
  where: z.string().describe('Where it goes, or where it is run.'),
  install: z.string(),
  remove: z
    .string()
    .nullable()
    .describe('How to take it off again; null where there is nothing to take off.'),
  notes: z.array(z.string()),
})
export type Snippet = z.infer<typeof snippet>

export const snippets = z.object({
  baseUrl: z.string(),
  items: z.array(snippet),
  threatModel: z.array(z.string()),
})
export type Snippets = z.infer<typeof snippets>

/** The only answer that holds a whole key. */
export const issuedKey = z.object({
  enrolment: enrolmentDetail,
  keyId: z.string(),
  key: z.string().describe('Shown this once.'),
  snippets,
})
export type IssuedKey = z.infer<typeof issuedKey>

export const revocationPreview = z.object({
  addresses24h: z.int(),
  fetches24h: z.int(),
  lastFetchedAt: time.nullable(),
  meaning: z.string().describe('What the figures can and cannot say.'),
  effect: z.string().describe('What developers will see, and when.'),
  undo: z.string(),
})
export type RevocationPreview = z.infer<typeof revocationPreview>

export const fetchRecord = z.object({
  id: z.string(),
  day: time.describe('Midnight UTC of the day that is summed up.'),
  keyId: z.string(),
  keyPrefix: z.string(),
  status: z.int(),
  served: z.string().nullable().describe('The policy and version that was served.'),
  policyId: z.string().nullable(),
  versionId: z.string().nullable(),
  count: z.int(),
  firstAt: time,
  lastAt: time,
})
export type FetchRecord = z.infer<typeof fetchRecord>
export const fetchQuery = pageQuery
export const fetchPage = page(fetchRecord)

export const deliveryState = z.object({
  confirmedAt: time.nullable().describe('When the database last confirmed what is being served.'),
  downSince: time
    .nullable()
    .describe('Since when the database has not answered; null: it answers.'),
  maxAgeMs: z.int().describe('How long bundles are served without a database.'),
  keys: z.int().describe('Keys that are known, the refused ones included.'),
  bundles: z.int().describe('Different bundles among them.'),
  accessTokens: z.int().describe('Access tokens of signed-in clients that are known.'),
  file: z.object({ path: z.string(), writtenAt: time.nullable() }),
  lostAtMostMs: z
    .int()
    .describe('Fetch records younger than this are lost when the process is killed.'),
  refusal: z.object({
    client: z.string().describe('What a person reads in the terminal when a fetch is refused.'),
    answer: z.string().describe('The answer that goes out, which the client does not show.'),
  }),
})
export type DeliveryState = z.infer<typeof deliveryState>

export const breakGlass = z.object({
  madeAt: time,
  revision: z.int(),
  files: z
    .array(z.object({ path: z.string(), text: z.string() }))
    .describe('A folder that any web server can serve; README.md says how.'),
  enrolments: z.array(
    z.object({
      keyId: z.string(),
      keyPrefix: z.string(),
      enrolmentId: z.string(),
      enrolment: z.string(),
      served: z.string().nullable(),
      refused: z.string().nullable(),
      bundle: z.string().nullable(),
    }),
  ),
  groups: z.array(
    z.object({
      groupId: z.string().nullable().describe('null: who is in no group that a rule names.'),
      group: z.string(),
      served: z.string().nullable(),
      requirements: z
        .string()
        .nullable()
        .describe('Ready to be put to /etc/codex/requirements.toml.'),
    }),
  ),
})
export type BreakGlass = z.infer<typeof breakGlass>

export const bundleParams = z.object({ key: z.string().max(200) })
const fragment = z.object({ id: z.string(), name: z.string(), contents: z.string() })
export const bundle = z.object({
  requirements_toml: z.object({ enterprise_managed: z.array(fragment) }).optional(),
})

/** Every member is required by the client; only the address may be null (0.169). */
export const whoami = z.object({
  email: z.string().nullable(),
  chatgpt_user_id: z.string(),
  chatgpt_account_id: z.string(),
  chatgpt_plan_type: z.literal('enterprise'),
  chatgpt_account_is_fedramp: z.literal(false),
})

/** What the client (0.169) reads of the workspaces that somebody may choose from. */
export const accountsCheck = z.object({
  accounts: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      structure: z.literal('workspace'),
      plan_type: z.string(),
      profile_picture_url: z.null(),
      workspace_backend_origin: z.string(),
      account_routing_override: z.literal('NO_CONSTRAINT'),
      can_access_with_session: z.boolean(),
      is_deactivated: z.boolean(),
      sso_connection_name: z.null(),
      is_fedramp_compliant_workspace: z.boolean(),
    }),
  ),
  default_account_id: z.string(),
  account_ordering: z.array(z.string()),
})
export const usage = z.object({
  plan_type: z.string(),
  user_id: z.string(),
  account_id: z.string(),
  email: z.string().nullable(),
  rate_limit: z.null(),
  credits: z.null(),
})
export const clientEvents = z.object({
  events: z
    .array(
      z.object({
        event_type: z.string(),
        event_params: z.record(z.string(), z.unknown()).optional().catch(undefined),
      }),
    )
    .max(1000),
})
export const taken = z.object({})
