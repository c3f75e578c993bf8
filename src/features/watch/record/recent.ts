import type { Runtime } from '#kernel/runtime.ts'
import { readText } from '../archive/index.ts'

/** Characters that a process keeps of the texts it recorded last: the next version of an imported page is compared with them. */
const keep = 16_000_000

interface Recent {
  readonly texts: Map<string, string>
  size: number
}
const recents = new WeakMap<Runtime, Recent>()

/** Remembers a text that was just stored. Reading it back was a third of an import's time in the main thread. */
export function remember(runtime: Runtime, textId: string, text: string): void {
  const recent = recents.get(runtime) ?? { texts: new Map<string, string>(), size: 0 }
  recents.set(runtime, recent)
  if (recent.texts.has(textId)) return
  recent.texts.set(textId, text)
  recent.size += text.length
  for (const [id, old] of recent.texts) {
    if (recent.size <= keep) break
    recent.texts.delete(id)
    recent.size -= old.length
  }
}

export const textOf = async (runtime: Runtime, textId: string): Promise<string> =>
  recents.get(runtime)?.texts.get(textId) ?? readText(runtime, textId)
