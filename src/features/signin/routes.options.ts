import { route } from '#features/workspace/index.ts'
import { signInOptions } from './second-factor/schema.ts'
import type { Setting } from './setting.ts'

/** What the sign-in page offers. It asks for no account, so it can tell of none. */
export const optionRoutes = ({ party, sso }: Setting) => [
  route({
    id: 'sign-in.options',
    method: 'GET',
    path: '/api/v1/sign-in-options',
    summary: 'The ways to sign in that this workspace offers',
    auth: ['public'],
    permission: null,
    output: signInOptions,
    errors: 'problem',
    audit: null,
    handle: (call) =>
      call.read(function* () {
        return {
          password: true,
          passkey: party !== undefined,
          providers: [...(yield* sso.providers())],
          enforced: yield* sso.enforced(),
        }
      }),
  }),
]
