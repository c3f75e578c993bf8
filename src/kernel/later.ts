import { createRequire } from 'node:module'

const load: (name: string) => unknown = createRequire(import.meta.url)

/**
 * A package that many starts never need, loaded at its first use. A start is mostly loading: on SQLite, without the packages
 * of PostgreSQL, it is noticeably shorter (bench/start.ts). The caller names the type.
 */
export const later = (name: string): (() => unknown) => {
  let loaded: unknown
  return () => (loaded ??= load(name))
}
