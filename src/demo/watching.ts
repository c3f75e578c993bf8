import type { Person } from './company.ts'
import { docsHistory } from './docs/history.ts'
import type { Visitor } from './visitor.ts'

const collection = 'meridian/halyard/docs/en'

/**
 * A collection whose history is longer than the company's time with Gatehouse: the documentation of an agent that does not
 * exist, imported with its true times. It has no source, so nothing leaves the machine.
 */
export async function watch(visitor: Visitor, who: Person, begin: number): Promise<void> {
  const [vendor, product, set, language] = collection.split('/')
  await visitor.call(who, 'POST', '/api/v1/watch/collections', {
    vendor,
    product,
    set,
    language,
    title: 'Halyard documentation (invented)',
    sources: [],
    policyDocumentation: true,
  })
  const snapshots = docsHistory(begin)
  const path = `/api/v1/watch/${collection}/imports`
  const { id } = await visitor.call<{ id: string }>(who, 'POST', path, {
    origin: 'demo',
    total: snapshots.length,
  })
  await visitor.call(who, 'POST', `${path}/${id}/snapshots`, { after: 0, snapshots })
  await visitor.call(who, 'POST', `${path}/${id}/finish`)
}
