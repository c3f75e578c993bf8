/** What this service provider is and does (RFC 7644, section 4; RFC 7643, sections 5 to 7). */
import {
  enterpriseAttributes,
  externalId,
  groupAttributes,
  userAttributes,
  type Attribute,
  type Resource,
} from './attributes.ts'
import { coreGroup, coreUser, enterpriseUser } from './path.ts'

const schemaOf = (name: string): string => `urn:ietf:params:scim:schemas:core:2.0:${name}`

export const serviceProviderConfig = (base: string): Resource => ({
  schemas: [schemaOf('ServiceProviderConfig')],
  documentationUri: 'https://www.rfc-editor.org/rfc/rfc7644',
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 500 },
  changePassword: { supported: false },
  sort: { supported: true },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Token of the directory',
      description: 'A long-lived bearer token, made and rotated on the page of the directory.',
      specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
      primary: true,
    },
  ],
  meta: {
    resourceType: 'ServiceProviderConfig',
    location: `${base}/ServiceProviderConfig`,
  },
})

export const resourceTypes = (base: string): readonly Resource[] => [
  {
    schemas: [schemaOf('ResourceType')],
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    description: 'A person who uses the coding agent.',
    schema: coreUser,
    schemaExtensions: [{ schema: enterpriseUser, required: false }],
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/User` },
  },
  {
    schemas: [schemaOf('ResourceType')],
    id: 'Group',
    name: 'Group',
    endpoint: '/Groups',
    description: 'People who get the same policy.',
    schema: coreGroup,
    schemaExtensions: [],
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/Group` },
  },
]

export const schemas = (base: string): readonly Resource[] => [
  schema(base, coreUser, 'User', 'A person.', [...userAttributes, externalId]),
  schema(base, enterpriseUser, 'EnterpriseUser', 'Kept and given back.', enterpriseAttributes),
  schema(base, coreGroup, 'Group', 'A group of users.', [...groupAttributes, externalId]),
]

const schema = (
  base: string,
  id: string,
  name: string,
  description: string,
  attributes: readonly Attribute[],
): Resource => ({
  schemas: [schemaOf('Schema')],
  id,
  name,
  description,
  attributes: attributes.map(described),
  meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
})

/** RFC 7643, section 7. */
const described = (attribute: Attribute): Resource => ({
  name: attribute.name,
  type: attribute.type,
  multiValued: attribute.multi === true,
  description: attribute.description,
  required: attribute.required === true,
  caseExact: attribute.exact === true,
  mutability: attribute.readOnly === true ? 'readOnly' : 'readWrite',
  returned: 'default',
  uniqueness: attribute.required === true ? 'server' : 'none',
  ...(attribute.type === 'reference' ? { referenceTypes: ['User'] } : {}),
  ...(attribute.sub ? { subAttributes: attribute.sub.map(described) } : {}),
})
