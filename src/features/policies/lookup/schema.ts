import { z } from 'zod'
import { time } from '../../workspace/schema.ts'

const id = z.string().min(1).max(100)

export const lookupQuery = z.object({
  email: z.string().max(254).optional(),
  group: z.string().max(100).optional().describe('Id or name of a group.'),
  enrolment: z.string().max(100).optional().describe('Id or name of an enrolment.'),
  account: z.string().max(100).optional().describe('Id or name of a service account.'),
})
export const lookup = z.object({
  principal: z.object({
    kind: z.enum(['member', 'group', 'enrolment', 'service_account']),
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
      defaults: z.string().describe('The config.toml beside it; empty when there is none.'),
      sha256: z.string(),
    })
    .nullable(),
  staged: z
    .boolean()
    .describe('That version is being rolled out, and the principal is in its stage.'),
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
    .describe('The last time a client of theirs fetched; null for a group.'),
  revision: z.int(),
})
export type Lookup = z.infer<typeof lookup>

const origin = z.object({
  layer: z.int().describe('Its place in `layers`.'),
  line: z.int(),
  column: z.int(),
})

/** What is in force where several layers of requirements meet, and why. */
export const composition = z.object({
  generation: z
    .enum(['current', 'older'])
    .describe('`older`: clients before July 2026, after their documentation and never tried.'),
  layers: z.array(
    z.object({
      kind: z.enum(['delivered', 'mdm', 'system', 'legacy']),
      name: z.string(),
      policyId: z.string().optional(),
      version: z.int().optional(),
      dropped: z
        .array(
          z.object({
            key: z.string(),
            line: z.int(),
            column: z.int(),
            why: z.enum(['unknown', 'local_only']),
          }),
        )
        .describe('Keys that the client leaves out before it composes anything.'),
    }),
  ),
  order: z.array(z.int()).describe('The layers, the one that wins first.'),
  keys: z.array(
    z.object({
      key: z.string().describe('Dotted.'),
      path: z.array(z.string()),
      value: z.unknown(),
      from: z.array(origin).describe('One, or one for each item of a gathered list.'),
      gathered: z.boolean().describe('A list to which every layer adds its items.'),
      beat: z.array(origin.extend({ value: z.unknown() })),
    }),
  ),
  errors: z
    .array(
      z.object({
        code: z.enum(['layer_refused', 'machine_refused', 'bundle_refused', 'together_refused']),
        complaint: z.string().optional(),
        key: z.string(),
        message: z.string(),
        remedy: z.string(),
        layers: z.array(z.int()),
        places: z.array(origin),
      }),
    )
    .describe('Why a client that has these layers does not start; empty when it does.'),
})
export type Composed = z.infer<typeof composition>

export const explained = lookup.extend({
  beside: z
    .object({ name: z.string(), text: z.string() })
    .nullable()
    .describe(
      'What the settings of telemetry deliver behind every policy, and where there is none. The token in it is hidden. Null: nothing.',
    ),
  composition,
})
export type Explained = z.infer<typeof explained>

/** The longest text that is read at all. */
const text = z.string().max(512 * 1024)

export const explainRequest = lookupQuery.extend({
  system: text.optional().describe('`/etc/codex/requirements.toml` of the machine.'),
  legacy: text.optional().describe('`/etc/codex/managed_config.toml` of the machine.'),
  mdm: text
    .optional()
    .describe('`requirements_toml_base64` of its device management, decoded. Never tried.'),
  host: z
    .string()
    .max(255)
    .optional()
    .describe('The name of the machine, for `remote_sandbox_config`.'),
  generation: composition.shape.generation.default('current'),
  format: z.enum(['csv', 'json']).optional().describe('The keys in force as a file instead.'),
})
export type ExplainRequest = z.infer<typeof explainRequest>
