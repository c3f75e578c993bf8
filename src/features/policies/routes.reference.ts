import { CLIENT_VERSION, DEFAULTS, reference } from '#requirements/index.ts'
// Not through the door: the browser would get all cases of the check with it.
import { complaintReference } from '#requirements/reference.complaints.ts'
import { route } from '#features/workspace/index.ts'
import { admins } from './parts.ts'
import { requirementsSchema, type RequirementsSchema } from './schema.reference.ts'

/** Made once: it is the same for everybody until the next version of Gatehouse. */
function once(make: () => object): () => RequirementsSchema {
  let made: RequirementsSchema | undefined
  return () => (made ??= requirementsSchema.parse({ clientVersion: CLIENT_VERSION, ...make() }))
}

const ofRequirements = once(() => ({ keys: reference(), complaints: complaintReference() }))
const ofDefaults = once(() => ({ keys: reference(DEFAULTS), complaints: [] }))

export const referenceRoutes = () => [
  route({
    ...admins,
    id: 'requirements.schema',
    method: 'GET',
    path: '/api/v1/requirements/schema',
    summary: 'Every key of requirements.toml, and every complaint of the check',
    description:
      'The table from which the check, the editor and the reference page are made, to generate from.',
    permission: 'policies.read',
    output: requirementsSchema,
    audit: null,
    handle: ofRequirements,
  }),
  route({
    ...admins,
    id: 'defaults.schema',
    method: 'GET',
    path: '/api/v1/defaults/schema',
    summary: 'Every key of the overridable config.toml beside a policy',
    description: 'The table from which its check, its editor and its reference page are made.',
    permission: 'policies.read',
    output: requirementsSchema,
    audit: null,
    handle: ofDefaults,
  }),
]
