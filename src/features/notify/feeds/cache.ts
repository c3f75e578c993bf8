/** What was used least recently goes first. A promise that fails is not kept. */
export interface Cache<T> {
  readonly take: (key: string, make: () => T) => T
}

export function createCache<T extends Promise<unknown>>(size: number): Cache<T> {
  const kept = new Map<string, T>()
  return {
    take(key, make) {
      const value = kept.get(key) ?? make()
      kept.delete(key)
      kept.set(key, value)
      value.catch(() => kept.delete(key))
      for (const oldest of kept.keys()) {
        if (kept.size <= size) break
        kept.delete(oldest)
      }
      return value
    },
  }
}
