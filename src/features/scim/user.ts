/** A user of SCIM read into what Gatehouse acts on, and written for the provider. */
import { z } from 'zod'
import { isObject, subName, userAttribute, type Json, type Resource } from './attributes.ts'
import { complaint } from './complaint.ts'
import { fold } from './filter.ts'
import { coreUser, enterpriseUser } from './path.ts'

export interface UserEmail {
  readonly value: string
  readonly type: string | null
  readonly primary: boolean
}

/** What Gatehouse acts on, and the whole document to give back. */
export interface ScimUser {
  readonly userName: string
  readonly externalId: string | null
  readonly active: boolean
  /** How people read the name; empty: none was sent. */
  readonly name: string
  /** The member's address. */
  readonly email: string
  readonly emails: readonly UserEmail[]
  readonly displayName: string | null
  readonly givenName: string | null
  readonly familyName: string | null
  readonly document: Resource
}

/** A row has to stay small: what a company keeps of a person here is a name, addresses and a department. */
const longestDocument = 32_768
const longestName = 200
const longestEmail = 254
const longestUserName = 320

/** Keeps what the schema knows, under the names that it has there. What only the server says, and any password, is left out. */
export function documentOf(given: Resource): Resource {
  const kept: Record<string, Json> = {}
  for (const [name, value] of Object.entries(given)) {
    if (name.toLowerCase() === enterpriseUser.toLowerCase() && isObject(value)) {
      const inner = Object.entries(value).flatMap(([key, v]) => {
        const attribute = userAttribute(key, enterpriseUser)
        return attribute && v !== null ? [[attribute.name, v] as const] : []
      })
      if (inner.length > 0) kept[enterpriseUser] = Object.fromEntries(inner)
      continue
    }
    const attribute = userAttribute(name)
    if (!attribute || attribute.readOnly === true || value === null) continue
    kept[attribute.name] =
      attribute.type === 'complex' ? withNames(attribute.name, value, attribute.multi) : value
  }
  return kept
}

function withNames(name: string, value: Json, multi: boolean | undefined): Json {
  const one = (inner: Json): Json =>
    isObject(inner)
      ? Object.fromEntries(
          Object.entries(inner).map(([key, v]) => [subName(userAttribute(name), key), v]),
        )
      : multi === true && typeof inner === 'string'
        ? { value: inner }
        : inner
  if (multi !== true) return one(value)
  return Array.isArray(value) ? (value as readonly Json[]).map(one) : [one(value)]
}

/** `True`, `"False"`: Entra's booleans without the flag that makes them RFC-like. */
const truth = z.union([
  z.boolean(),
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false']))
    .transform((text) => text === 'true'),
])
const text = (longest: number) => z.string().trim().max(longest)
const email = z.email().max(longestEmail)

const shape = z.object({
  userName: text(longestUserName).min(1),
  externalId: text(500).optional(),
  active: truth.default(true),
  displayName: text(longestName).optional(),
  name: z
    .object({
      formatted: text(longestName).optional(),
      givenName: text(longestName).optional(),
      familyName: text(longestName).optional(),
    })
    .optional(),
  emails: z
    .array(
      z.object({
        value: text(longestEmail).optional(),
        type: text(50).optional(),
        primary: truth.default(false),
      }),
    )
    .max(20)
    .default([]),
})

/** Throws `invalidValue` with the attribute that is wrong. */
export function readUser(given: Resource): ScimUser {
  const document = documentOf(given)
  if (JSON.stringify(document).length > longestDocument)
    throw complaint('invalidValue', `A user may have at most ${longestDocument} characters.`)
  const result = shape.safeParse(document)
  if (!result.success) {
    const [issue] = result.error.issues
    throw complaint('invalidValue', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`)
  }
  const { userName, externalId, active, displayName, name, emails: sent } = result.data
  const emails = sent.flatMap(({ value, type, primary }) =>
    value === undefined || value === '' ? [] : [{ value, type: type ?? null, primary }],
  )
  const parts = [name?.givenName, name?.familyName].filter((part) => part !== undefined)
  return {
    userName,
    externalId: externalId ?? null,
    active,
    name: (displayName ?? name?.formatted ?? parts.join(' ')).trim().slice(0, longestName),
    email: addressOf(userName, emails),
    emails,
    displayName: displayName ?? null,
    givenName: name?.givenName ?? null,
    familyName: name?.familyName ?? null,
    document: { ...document, active },
  }
}

function addressOf(userName: string, emails: readonly UserEmail[]): string {
  const chosen =
    emails.find((one) => one.primary) ??
    emails.find((one) => fold(one.type ?? '') === 'work') ??
    emails[0]
  const address = chosen?.value ?? userName
  if (email.safeParse(address).success) return address
  throw complaint(
    'invalidValue',
    `${JSON.stringify(address)} is no e-mail address, and a member needs one.`,
    { remedy: 'Map an address to emails[type eq "work"].value, or use addresses as userName.' },
  )
}

export interface Meta {
  readonly id: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly version: number
}

export const etag = (version: number): string => `W/"${version}"`

export const metaOf = (resourceType: 'User' | 'Group', base: string, meta: Meta): Resource => ({
  resourceType,
  created: new Date(meta.createdAt).toISOString(),
  lastModified: new Date(meta.updatedAt).toISOString(),
  location: `${base}/${resourceType}s/${meta.id}`,
  version: etag(meta.version),
})

/** As the provider reads it (RFC 7643, section 8.2). */
export function writtenUser(
  base: string,
  document: Resource,
  meta: Meta,
  groups: readonly { readonly id: string; readonly name: string }[],
): Resource {
  return {
    schemas: [coreUser, ...(document[enterpriseUser] === undefined ? [] : [enterpriseUser])],
    id: meta.id,
    ...document,
    groups: groups.map(({ id, name }) => ({
      value: id,
      $ref: `${base}/Groups/${id}`,
      display: name,
      type: 'direct',
    })),
    meta: metaOf('User', base, meta),
  }
}
