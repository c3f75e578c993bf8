import { versionText } from '#features/policies/index.ts'
import type { Work } from '#kernel/work.ts'
import { limitsOf, type Limits } from './limits.ts'

export interface PolicyLimits {
  /** Reads the texts of versions that are not known yet. */
  readonly load: (versionIds: readonly string[]) => Work<void>
  /** Of a version that was loaded; undefined: there is none. */
  readonly of: (versionId: string, host: string) => Limits | undefined
}

/** Versions never change, so that what they allow is worked out once. */
const remembered = 500

export function createPolicyLimits(): PolicyLimits {
  const texts = new Map<string, string>()
  const limits = new Map<string, Limits>()
  return {
    *load(versionIds) {
      if (texts.size > remembered) {
        texts.clear()
        limits.clear()
      }
      for (const id of new Set(versionIds)) {
        if (id === '' || texts.has(id)) continue
        const text = yield* versionText(id)
        if (text !== undefined) texts.set(id, text)
      }
    },
    of(versionId, host) {
      const text = texts.get(versionId)
      if (text === undefined) return undefined
      // Only then does it matter which machine asks.
      const machine = text.includes('remote_sandbox_config') ? host : ''
      const key = `${versionId} ${machine}`
      let known = limits.get(key)
      if (!known) {
        known = limitsOf(text, machine)
        if (limits.size > 4 * remembered) limits.clear()
        limits.set(key, known)
      }
      return known
    },
  }
}
