import type { enterpriseUser } from './path.ts'

/** A resource of SCIM, as it travels. */
export type Json = string | number | boolean | null | readonly Json[] | Resource
export interface Resource {
  readonly [name: string]: Json
}

export const isObject = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export interface Attribute {
  readonly name: string
  readonly type: 'string' | 'boolean' | 'complex' | 'reference' | 'dateTime'
  readonly multi?: true
  readonly readOnly?: true
  readonly required?: true
  readonly exact?: true
  readonly sub?: readonly Attribute[]
  readonly description: string
}

const text = (name: string, description: string): Attribute => ({
  name,
  type: 'string',
  description,
})

/** The attributes that every multi-valued attribute of the core schema has (RFC 7643, section 2.4). */
const plural = (name: string, description: string): Attribute => ({
  name,
  type: 'complex',
  multi: true,
  description,
  sub: [
    text('value', 'The value itself.'),
    text('display', 'How people read it.'),
    text('type', 'What kind it is, such as `work`.'),
    { name: 'primary', type: 'boolean', description: 'Whether it is the main one.' },
  ],
})

/** RFC 7643, section 4.1. Gatehouse acts on userName, active, the names and the addresses; the rest it keeps and gives back. */
export const userAttributes: readonly Attribute[] = [
  { ...text('userName', 'By what the provider tells users apart.'), required: true },
  {
    name: 'name',
    type: 'complex',
    description: 'The parts of the name.',
    sub: [
      text('formatted', 'The whole name.'),
      text('familyName', 'The family name.'),
      text('givenName', 'The given name.'),
      text('middleName', 'Further names.'),
      text('honorificPrefix', 'What stands before the name.'),
      text('honorificSuffix', 'What stands after the name.'),
    ],
  },
  text('displayName', 'The name that Gatehouse shows, where there is one.'),
  text('nickName', 'Kept.'),
  text('profileUrl', 'Kept.'),
  text('title', 'Kept.'),
  text('userType', 'Kept.'),
  text('preferredLanguage', 'Kept.'),
  text('locale', 'Kept.'),
  text('timezone', 'Kept.'),
  {
    name: 'active',
    type: 'boolean',
    description: 'False suspends the member: sessions end, keys and clients are refused.',
  },
  plural('emails', 'The primary one, else that of type work, else the first is the member’s.'),
  plural('phoneNumbers', 'Kept.'),
  plural('ims', 'Kept.'),
  plural('photos', 'Kept.'),
  {
    ...plural('addresses', 'Kept.'),
    sub: [
      text('formatted', 'The whole address.'),
      text('streetAddress', 'The street.'),
      text('locality', 'The town.'),
      text('region', 'The region.'),
      text('postalCode', 'The postal code.'),
      text('country', 'The country.'),
      text('type', 'What kind it is.'),
      { name: 'primary', type: 'boolean', description: 'Whether it is the main one.' },
    ],
  },
  { ...plural('groups', 'The groups of this directory that the user is in.'), readOnly: true },
  plural('entitlements', 'Kept.'),
  plural('roles', 'Kept. Roles of Gatehouse are given in Gatehouse.'),
]

/** RFC 7643, section 4.3. */
export const enterpriseAttributes: readonly Attribute[] = [
  text('employeeNumber', 'Kept.'),
  text('costCenter', 'Kept.'),
  text('organization', 'Kept.'),
  text('division', 'Kept.'),
  text('department', 'Kept.'),
  {
    name: 'manager',
    type: 'complex',
    description: 'Kept.',
    sub: [
      text('value', 'The id of the manager.'),
      text('$ref', 'Where the manager is.'),
      text('displayName', 'The name of the manager.'),
    ],
  },
]

/** RFC 7643, section 4.2. */
export const groupAttributes: readonly Attribute[] = [
  { ...text('displayName', 'The name of the group; no two groups share one.'), required: true },
  {
    name: 'members',
    type: 'complex',
    multi: true,
    description: 'Users of this directory.',
    sub: [
      { ...text('value', 'The id of the user.'), exact: true },
      { name: '$ref', type: 'reference', readOnly: true, description: 'Where the user is.' },
      { ...text('display', 'The userName.'), readOnly: true },
      { ...text('type', 'Always User.'), readOnly: true },
    ],
  },
]

/** RFC 7643, section 3.1: of every resource. */
export const externalId: Attribute = {
  ...text('externalId', 'The id that the provider gave.'),
  exact: true,
}

const key = (name: string): string => name.toLowerCase()

const byKey = (list: readonly Attribute[]): ReadonlyMap<string, Attribute> =>
  new Map(list.map((attribute) => [key(attribute.name), attribute]))

const users = byKey([...userAttributes, externalId])
const enterprise = byKey(enterpriseAttributes)

/** The attribute of a user by its name in any case; undefined: none that Gatehouse knows. */
export const userAttribute = (
  name: string,
  extension?: typeof enterpriseUser,
): Attribute | undefined => (extension === undefined ? users : enterprise).get(key(name))

/** The name of a sub-attribute as the schema writes it; one that it has not stays as it is. */
export const subName = (attribute: Attribute | undefined, name: string): string =>
  attribute?.sub?.find((sub) => key(sub.name) === key(name))?.name ?? name
