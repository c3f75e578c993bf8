/** A part of the work of the job that forgets requests, beside the thread that answers them (kernel/aside.ts). */
import type { Runtime } from '#kernel/runtime.ts'
import { forgetSeen } from './seen.ts'

/** @returns whether there may be more */
export const forgetSeenPart = ({ db, clock }: Runtime): Promise<boolean> =>
  db.tx(() => forgetSeen(clock()))
