import { Anchor } from '@mantine/core'
import type { Act } from '#features/policies/schema.act.ts'
import { stringifySearch } from '../address.ts'
import { actSearch, keepAct } from './act-address.ts'

/** To the page of an act's whole effect, in a window of its own: whoever is asked to confirm loses nothing. */
export function ImpactLink({ act }: { readonly act: Act }) {
  const search = actSearch(act)
  const to = (found: Readonly<Record<string, unknown>>) => `/impact${stringifySearch(found)}`
  if (search)
    return (
      <Anchor size="sm" target="_blank" rel="noreferrer" href={to(search)}>
        Whole impact
      </Anchor>
    )
  return (
    <Anchor
      size="sm"
      component="button"
      type="button"
      onClick={() => window.open(to(keepAct(act)), '_blank', 'noreferrer')}
    >
      Whole impact
    </Anchor>
  )
}
