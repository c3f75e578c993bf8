import { useMemo } from 'react'
import { useParams } from '@tanstack/react-router'
import { useParam } from '#web/kit/index.ts'
import { addressesOf, readPlace } from './address.ts'
import { CollectionScreen } from './collection.tsx'
import { PageDiffScreen } from './page-diff.tsx'
import { PageScreen } from './page.tsx'
import { StepScreen } from './step.tsx'

/** Everything below a collection: pages are nested, so one screen reads the address and shows what it names. */
export function PlaceScreen() {
  const [v, p, s, l] = [useParam('v'), useParam('p'), useParam('s'), useParam('l')]
  const at = useMemo(() => addressesOf({ v, p, s, l }), [v, p, s, l])
  const { _splat: rest = '' }: { _splat?: string } = useParams({ strict: false })
  const place = readPlace(rest)
  if (place.kind === 'step') return <StepScreen at={at} a={place.a} b={place.b} />
  if (place.kind === 'diff')
    return <PageDiffScreen at={at} page={place.page} a={place.a} b={place.b} />
  if (place.kind === 'page') return <PageScreen key={place.page} at={at} page={place.page} />
  return <CollectionScreen at={at} />
}
