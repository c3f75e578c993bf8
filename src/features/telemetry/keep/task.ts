/** Parts of the work in `keep/index.ts`, each one transaction, beside the thread that answers requests (kernel/aside.ts). */
import type { Runtime } from '#kernel/runtime.ts'
import { forgetPart, type Forgotten } from '../store.forget.ts'
import { removeExpired, type Retention } from '../store.keep.ts'

/** @returns whether there may be more */
export const removeExpiredPart = (runtime: Runtime, retention: Retention): Promise<boolean> =>
  runtime.db.tx(() => removeExpired(retention, runtime.clock()))

export const forgetPersonPart = (
  { db }: Runtime,
  { principalId, upTo }: { readonly principalId: string; readonly upTo: number },
): Promise<Forgotten & { readonly more: boolean }> => db.tx(() => forgetPart(principalId, upTo))
