/** The inside of a verification, beside the thread that answers requests. */
import type { Runtime } from '#kernel/runtime.ts'
import { verifyAround, verifyPart, type Part, type Progress } from './verification.ts'

/** A part of the chain; without one, what is around it. */
export const verifyAside = (
  { db }: Runtime,
  { part, from }: { readonly part: Part | null; readonly from: Progress },
): Promise<Progress> => (part === null ? verifyAround(db, from) : verifyPart(db, part, from))
