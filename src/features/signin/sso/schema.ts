import { z } from 'zod'
import { idParams, version } from '../../access/schema.ts'
import { line, time } from '../../workspace/schema.ts'

export { idParams }

/** Exactly as the provider says it of itself; nothing behind it, since it is compared letter by letter. */
const issuer = z
  .url({ protocol: /^https?$/, error: 'An address, such as https://id.acme.example.' })
  .max(500)
  .refine((url) => !/[?#\s]/.test(url), 'An issuer has no query and no fragment.')

/** A domain as it stands behind the @, in ASCII (xn--… for others). */
const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/,
    'A domain such as acme.example.',
  )

const name = line(100).min(1, 'Give it a name.')
const button = line(60).min(1, 'What people read behind “Continue with”.')
const clientId = line(500).min(1, 'The id that the provider gave to Gatehouse.')
const clientSecret = line(2000)
const scopes = z
  .string()
  .trim()
  .max(500)
  .regex(
    /^openid(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/,
    'Scopes, separated by one space; `openid` first.',
  )
const groupsClaim = line(200)

export const factorRules = ['amr', 'always'] as const

/** One value of the groups claim, and the group it puts people into. */
export const mapping = z.object({
  value: line(500).min(1),
  groupId: z.string().max(100),
})
export type Mapping = z.infer<typeof mapping>

export const provider = z.object({
  id: z.string(),
  name: z.string(),
  button: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  hasSecret: z.boolean(),
  scopes: z.string(),
  groupsClaim: z.string().nullable(),
  justInTime: z
    .boolean()
    .describe('Makes a member, with the role “member”, of whoever comes for the first time.'),
  secondFactor: z
    .enum(factorRules)
    .describe(
      '`amr`: a second factor counts where the provider says that there was one; `always`: an owner stated that the provider asks everybody for one.',
    ),
  on: z.boolean(),
  enforced: z.boolean().describe('Members with an address at its domains sign in here only.'),
  provedAt: time
    .nullable()
    .describe('When a whole round trip last worked with the settings as they are.'),
  domains: z.array(z.object({ domain: z.string(), statedBy: z.string(), statedAt: time })),
  mappings: z.array(mapping.extend({ groupName: z.string(), kept: z.boolean() })),
  links: z.int().describe('How many members have signed in through it.'),
  createdAt: time,
  updatedAt: time,
  version,
})
export type Provider = z.infer<typeof provider>

export const providers = z.object({
  items: z.array(provider),
  redirectUri: z.string().describe('To be registered at the provider, exactly so.'),
  enforced: z.boolean().describe('Everybody but break-glass owners signs in through a provider.'),
  breakGlass: z.array(
    z.object({
      id: z.string(),
      email: z.string(),
      name: z.string(),
      marked: z.boolean(),
      ready: z.boolean().describe('Gets in without a provider, with two factors.'),
    }),
  ),
})
export type Providers = z.infer<typeof providers>

export const newProvider = z.object({
  name,
  button: button.optional(),
  issuer,
  clientId,
  clientSecret: clientSecret.default('').describe('Empty for a public client.'),
  scopes: scopes.default('openid email profile'),
  groupsClaim: groupsClaim.nullable().default(null),
  domains: z.array(domain).max(100).default([]),
  justInTime: z.boolean().default(false),
  secondFactor: z.enum(factorRules).default('amr'),
})
export const providerChange = z.object({
  version,
  name: name.optional(),
  button: button.optional(),
  clientId: clientId.optional(),
  clientSecret: clientSecret.optional().describe('Left out: it stays as it is.'),
  scopes: scopes.optional(),
  groupsClaim: groupsClaim.nullable().optional(),
  domains: z.array(domain).max(100).optional(),
  justInTime: z.boolean().optional(),
  secondFactor: z.enum(factorRules).optional(),
  on: z.boolean().optional(),
})
export type ProviderChange = z.infer<typeof providerChange>
export const providerRemoval = z.object({ version: z.coerce.number().int().min(1) })
export const mappingsChange = z.object({ version, mappings: z.array(mapping).max(1000) })

export const enforcement = z.object({ enforced: z.boolean() })
export const enforcedNow = z.object({
  enforced: z.boolean(),
  concerns: z.int().describe('Active members who sign in through a provider only, by this.'),
  endedSessions: z.int(),
})
export const breakGlassChange = z.object({ on: z.boolean() })

/** Where the browser goes next; the answer also sets the cookie that the way back needs. */
export const wayOut = z.object({ redirectTo: z.string() })
export const linkOrder = z.object({ providerId: z.string().max(100) })

export const linkedSignIn = z.object({
  id: z.string(),
  provider: z.object({ id: z.string(), name: z.string(), on: z.boolean() }),
  subject: z.string(),
  email: z.string().nullable().describe('As the provider last told it.'),
  createdAt: time,
  createdBy: z.string(),
  lastUsedAt: time.nullable(),
})
export type LinkedSignIn = z.infer<typeof linkedSignIn>
export const linkedSignIns = z.object({
  items: z.array(linkedSignIn),
  offered: z
    .array(z.object({ id: z.string(), name: z.string() }))
    .describe('Providers that are on and not linked yet.'),
})

/** What came of a round trip, for the page on which it ends. */
export const outcome = z.object({
  kind: z.enum(['sign_in', 'test', 'link', 'confirm']),
  provider: z.object({ id: z.string(), name: z.string() }),
  ok: z.boolean(),
  code: z.string(),
  message: z.string(),
  remedy: z.string().nullable(),
  next: z.string(),
  claims: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('Of a test only: what the provider said.'),
})
export type Outcome = z.infer<typeof outcome>
