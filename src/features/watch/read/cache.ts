/** Keeps what was computed last, up to a bound in bytes; what was not asked for the longest goes first. */
export interface ByteCache<V> {
  readonly get: (key: string) => V | undefined
  readonly set: (key: string, value: V, bytes: number) => void
  /** Bytes held. */
  readonly size: () => number
}

export function createByteCache<V>(maxBytes: number): ByteCache<V> {
  // A Map gives its keys back in the order of their insertion: the first one is the oldest.
  const held = new Map<string, { readonly value: V; readonly bytes: number }>()
  let size = 0
  const drop = (key: string): void => {
    size -= held.get(key)?.bytes ?? 0
    held.delete(key)
  }
  return {
    get(key) {
      const entry = held.get(key)
      if (entry === undefined) return undefined
      held.delete(key)
      held.set(key, entry)
      return entry.value
    },
    set(key, value, bytes) {
      drop(key)
      if (bytes > maxBytes) return
      held.set(key, { value, bytes })
      size += bytes
      for (const oldest of held.keys()) {
        if (size <= maxBytes) break
        drop(oldest)
      }
    },
    size: () => size,
  }
}
