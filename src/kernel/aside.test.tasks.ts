import { Problem } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { enqueue, queries, run } from './work.ts'

const q = queries<{ notes: { id: string; at: number; bytes: number } }>()

/** Writes a row and a job in one transaction. */
export async function note(
  { db, clock, ids }: Runtime,
  { bytes }: { readonly bytes: Uint8Array },
): Promise<string> {
  const id = ids('not')
  await db.tx(function* () {
    yield* run(q.insertInto('notes').values({ id, at: clock(), bytes: bytes.length }))
    yield* enqueue({ name: 'noted', payload: { id } })
  })
  return id
}

export function refuse(): Promise<never> {
  throw new Problem('edited_meanwhile', 'It stands elsewhere.', { data: { received: 7 } })
}
