import type { TelemetryPorts } from '../ports.ts'
import type { Orders } from './store.ts'

/** Versions that the thread may know at once. A text has 100 kB at most; who reports runs one of the newest versions. */
const most = 200

type Told = Pick<Orders, 'policies' | 'anew'>

/**
 * Which texts of policy versions the thread has to be told with its next work: each once, for they are large and requests are
 * many.
 */
export function createTelling({ policyText }: Pick<TelemetryPorts, 'policyText'>): {
  readonly tell: (versionIds: Iterable<string>) => Promise<Told>
  /** The thread has ended: the next one knows nothing. */
  readonly forget: () => void
} {
  let told = new Set<string>()
  let anew = false
  return {
    async tell(versionIds) {
      const wanted = new Set(versionIds)
      wanted.delete('')
      if (told.size + wanted.size > most) {
        told = new Set()
        anew = true
      }
      const policies: [string, string | null][] = []
      for (const versionId of wanted)
        if (!told.has(versionId)) policies.push([versionId, await policyText(versionId)])
      for (const [versionId] of policies) told.add(versionId)
      const result = { policies, anew }
      anew = false
      return result
    },
    forget() {
      told = new Set()
      anew = true
    },
  }
}
