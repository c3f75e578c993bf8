import type { Work } from '#kernel/work.ts'
import { withAddresses } from '#requirements/index.ts'
import { documentHash, type Document } from '../act.ts'
import { draftOf, type DraftRow } from '../store.ts'
import { ruleSettings } from '../store.rules.ts'

/** The texts as publishing them would serve them: with request addresses, where the workspace wants those. */
export function* withRequestAddresses<D extends Document>(policyId: string, document: D): Work<D> {
  const { requestSite: site } = yield* ruleSettings()
  if (site === null) return document
  return { ...document, text: withAddresses(document.text, { site, policyId }).text }
}

/** The draft with the text that publishing it would serve. */
export function* publishableDraft(policyId: string): Work<DraftRow | undefined> {
  const draft = yield* draftOf(policyId)
  if (!draft) return undefined
  const served = yield* withRequestAddresses(policyId, draft)
  return { ...served, sha256: documentHash(served) }
}
