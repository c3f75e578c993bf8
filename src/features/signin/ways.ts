import type { Work } from '#kernel/work.ts'
import { withPasskey } from './second-factor/store.ts'
import { linkedAmong } from './sso/store.links.ts'
import { withPassword } from './store.credentials.ts'

/** Those of the members who have a way to sign in: a password, a passkey, or an account at a provider. */
export function* withWayIn(memberIds: readonly string[]): Work<ReadonlySet<string>> {
  return new Set([
    ...(yield* withPassword(memberIds)),
    ...(yield* withPasskey(memberIds)),
    ...(yield* linkedAmong(memberIds)),
  ])
}
