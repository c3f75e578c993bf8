import type { Work } from '#kernel/work.ts'
import { deletePasskeysOf } from '../passkeys/store.ts'
import { deleteTotp } from '../totp/store.ts'
import { deleteRecoveryCodes } from './store.ts'

/** Removes every second factor of a member; how many. */
export function* removeAllFactors(memberId: string): Work<number> {
  const passkeys = yield* deletePasskeysOf(memberId)
  const apps = yield* deleteTotp(memberId)
  yield* deleteRecoveryCodes(memberId)
  return passkeys + apps
}
