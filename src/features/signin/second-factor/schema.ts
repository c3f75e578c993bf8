import { z } from 'zod'
import { line, time } from '../../workspace/schema.ts'
import { session } from '../schema.ts'

/** Of an answer of WebAuthn only what we read is named; the rest is the browser's. */
const base64url = z
  .string()
  .max(20_000)
  .regex(/^[\w-]*$/)
const credential = {
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).default({}),
}
export const passkeyProof = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url,
      authenticatorData: base64url,
      signature: base64url,
      userHandle: base64url.optional(),
    }),
  })
  .describe('The answer of navigator.credentials.get(), as toJSON() writes it.')
export const passkeyEnrolment = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url,
      attestationObject: base64url,
      transports: z.array(z.string().max(40)).max(10).optional(),
    }),
  })
  .describe('The answer of navigator.credentials.create(), as toJSON() writes it.')

const code = z.string().min(1).max(20)
const onlyOne = (body: Readonly<Record<string, unknown>>): boolean =>
  Object.values(body).filter((value) => value !== undefined).length === 1
const oneOf = 'Give exactly one of them.'

/** What gives the second factor. */
export const secondFactor = z
  .object({
    code: code.describe('Of the authenticator app.').optional(),
    recoveryCode: z.string().min(1).max(100).optional(),
    passkey: passkeyProof.optional(),
  })
  .refine(onlyOne, oneOf)

/** What confirms that it is still her. */
export const confirmation = z
  .object({
    password: z.string().min(1).max(2000).optional(),
    code: code.describe('Of the authenticator app.').optional(),
    passkey: passkeyProof.optional(),
  })
  .refine(onlyOne, oneOf)

const provider = z.object({
  id: z.string(),
  name: z.string(),
  startUrl: z.string().describe('Where the browser goes.'),
})

/** What the sign-in page offers: of the workspace, never of an account. */
export const signInOptions = z.object({
  password: z.boolean(),
  passkey: z.boolean(),
  providers: z.array(provider),
  enforced: z.boolean().describe('Whoever is no break-glass owner has to sign in at a provider.'),
})
export type SignInOptions = z.infer<typeof signInOptions>

/** How the one who is signed in can confirm that it is still her. */
export const confirmations = z.object({
  password: z.boolean(),
  passkey: z.boolean(),
  code: z.boolean(),
  providers: z.array(provider),
})
export type Confirmations = z.infer<typeof confirmations>

export const owed = z.object({
  member: z.object({ email: z.string(), name: z.string() }),
  workspace: z.string(),
  enrol: z.boolean().describe('She has no second factor yet, and has to add one now.'),
  passkey: z
    .boolean()
    .describe('One of hers can be used; or, where she enrols, passkeys work here.'),
  code: z.boolean(),
  recoveryCode: z.boolean(),
  endsAt: time.describe('Then the first factor has to be given again.'),
})
export type Owed = z.infer<typeof owed>

export const passkey = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: time,
  lastUsedAt: time.nullable(),
  synced: z.boolean().describe('Kept by a provider of passkeys on several devices.'),
  clonedAt: time
    .nullable()
    .describe('When a copy of it was noticed; since then it opens nothing. Remove it.'),
})
export type Passkey = z.infer<typeof passkey>

/** The second factors of a member. */
export const factors = z.object({
  passkeys: z.array(passkey),
  passkeysWork: z.boolean().describe('Passkeys need a host name and https.'),
  authenticator: z.object({ addedAt: time, lastUsedAt: time.nullable() }).nullable(),
  recoveryCodes: z.object({ left: z.int(), madeAt: time }).nullable(),
  required: z.boolean().describe('The workspace asks everybody for a second factor.'),
})
export type Factors = z.infer<typeof factors>

/** Of somebody else: what there is, and nothing that could be used. */
export const memberFactors = z.object({
  passkeys: z.int(),
  authenticator: z.boolean(),
  recoveryCodesLeft: z.int(),
})
export const factorsReset = z.object({
  removed: z.int(),
  endedSessions: z.int(),
})

export const passkeySignIn = z.object({ passkey: passkeyProof })
export const passkeyName = z.object({ name: line(60).min(1, 'Give it a name.') })
export const newPasskey = z.object({
  name: line(60).default(''),
  passkey: passkeyEnrolment,
})
export const begunAuthenticator = z.object({
  secret: z.string().describe('Base32, for typing it into the app.'),
  address: z.string().describe('`otpauth://…`, for a QR code.'),
})
export const firstCode = z.object({ code })
export const recoveryCodes = z.object({
  codes: z
    .array(z.string())
    .describe('Each signs in once in place of the second factor. Shown once.'),
})
/** After a factor was added. The session is a new one, and whole. */
export const added = z.object({
  codes: recoveryCodes.shape.codes
    .nullable()
    .describe('New recovery codes; null where she has some already.'),
  session,
})
export type Added = z.infer<typeof added>

/** What navigator.credentials.create() or get() takes, in the form of parseCreationOptionsFromJSON(). */
export const challenge = z.object({ options: z.looseObject({ challenge: z.string() }) })

export const rule = z.object({
  required: z.boolean(),
  changedAt: time.nullable(),
  members: z.object({
    active: z.int(),
    without: z.int().describe('Who has no second factor, and adds one at her next sign-in.'),
  }),
  sessions: z.object({
    without: z.int().describe('Open sessions in which no second factor was given.'),
  }),
})
export type Rule = z.infer<typeof rule>
export const ruleChange = z.object({
  required: z.boolean(),
  atOnce: z
    .boolean()
    .default(false)
    .describe('Open sessions without a second factor open nothing until it is given or added.'),
})
export const ruleChanged = rule.extend({
  halved: z.int().describe('Sessions that now wait for a second factor.'),
})

export const everywhere = z.object({
  clients: z.boolean().default(false).describe('Also end the sign-ins of the own clients.'),
})
export const everywhereEnded = z.object({ ended: z.int(), endedClients: z.int() })
