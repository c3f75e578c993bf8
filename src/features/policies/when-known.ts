import type { Act } from './schema.act.ts'

/** Of whatever is served: one hour for what was fetched, no push (docs/outage.md). */
export const nextStart =
  'Clients learn it at their next start without a valid cache, at most one hour from now. Running ones keep what they loaded.'

/** Acts on roles: they decide who may sign in a client, which is asked at every sign-in. */
export const decidesSignIns: readonly Act['kind'][] = ['role_grant', 'role_change', 'default_role']
export const whenRolesAreKnown = `New sign-ins of clients are decided by it at once. ${nextStart}`

type SurfaceAct = Extract<Act, { kind: 'surface' }>

/** Of surfaces about signing in nobody who is signed in takes notice; the rest is learnt with the next bundle. */
export function whenSurfaceIsKnown({ key, on }: SurfaceAct): string {
  switch (key) {
    case 'codex_local':
      return on
        ? nextStart
        : 'New sign-ins of clients are refused at once. Clients refuse to start once their cache has ended, at most one hour from now. Running ones keep what they loaded.'
    case 'device_code':
      return signIns('with a device code', 'also those that used a device code', on)
    case 'workspace_sign_in':
      return signIns('to the workspace', 'also those of the workspace', on)
    case 'config_server_sign_in':
      return signIns(
        'to the configuration server',
        'also those of the configuration server, and so do enrolments',
        on,
      )
    case 'access_tokens':
      return on
        ? nextStart
        : 'No access token can be made or rotated from now on. Clients with an access token refuse to start once their cache has ended, at most one hour from now; they do not start without a policy. Running ones keep what they loaded.'
    case 'role_administration':
      return on
        ? 'Custom roles give their permissions of administration again, at once. Clients do not notice.'
        : 'Custom roles give no permission of administration any more, at once; owners and admins keep theirs. Clients do not notice.'
  }
}

const signIns = (way: string, others: string, on: boolean): string =>
  on
    ? `Clients can be signed in ${way} at once. Those that are signed in already do not notice.`
    : `Clients that are signed in already go on, ${others}. A new sign-in ${way} is refused at once, and so is one that has been begun.`
