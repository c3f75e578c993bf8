import { z } from 'zod'
import type { Refused, Served } from './answers.ts'
import { etagOf, withFragment, type Fragment } from './bundle.ts'

/** What is answered, as the files of an outage hold it: each bundle once, and outcomes that name it by its entity tag. */
export const bundlesForm = z.record(z.string(), z.string())
type Bundles = z.infer<typeof bundlesForm>

const served = z.object({
  kind: z.literal('served'),
  etag: z.string(),
  policyId: z.string(),
  versionId: z.string(),
  served: z.string(),
})

export const outcomeForm = <const Code extends string>(codes: readonly Code[]) =>
  z.discriminatedUnion('kind', [
    served,
    z.object({ kind: z.literal('refused'), code: z.enum(codes), message: z.string() }),
  ])
type Filed<Code> = z.infer<typeof served> | Refused<Code>

/**
 * Puts its bundle to the others, with a fragment behind the policy where there is one: who answers from the file cannot make it.
 */
export function freezeOutcome<Code>(
  outcome: Served | Refused<Code>,
  bundles: Bundles,
  fragment: Fragment | null,
): Filed<Code> {
  if (outcome.kind === 'refused') return outcome
  const { bundle, ...rest } = outcome
  const { body } = fragment ? withFragment(bundle, fragment) : bundle
  const etag = fragment ? etagOf(body) : bundle.etag
  bundles[etag] = body
  return { ...rest, etag }
}

/** The way back. Throws for a bundle that is missing, or whose bytes do not have the tag that it is filed under. */
export function thawOutcomes(
  bundles: Bundles,
): <Code>(outcome: Filed<Code>) => Served | Refused<Code> {
  for (const [etag, body] of Object.entries(bundles))
    if (etagOf(body) !== etag) throw new Error('a bundle in it is damaged')
  return (outcome) => {
    if (outcome.kind === 'refused') return outcome
    const { etag, ...rest } = outcome
    const body = bundles[etag]
    if (body === undefined) throw new Error('a bundle is missing in it')
    return { ...rest, bundle: { body, etag } }
  }
}
