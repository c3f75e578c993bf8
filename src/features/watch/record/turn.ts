import type { Runtime } from '#kernel/runtime.ts'

const turns = new WeakMap<Runtime, Map<string, Promise<unknown>>>()

/** Runs `act` when every earlier one for this collection in this process has ended: recording is a sequence. */
export async function inTurn<T>(
  runtime: Runtime,
  collectionId: string,
  act: () => Promise<T>,
): Promise<T> {
  const map = turns.get(runtime) ?? new Map<string, Promise<unknown>>()
  turns.set(runtime, map)
  const before = map.get(collectionId) ?? Promise.resolve()
  const mine = before.then(act, act)
  const settled = mine.catch(() => undefined)
  map.set(collectionId, settled)
  try {
    return await mine
  } finally {
    if (map.get(collectionId) === settled) map.delete(collectionId)
  }
}
