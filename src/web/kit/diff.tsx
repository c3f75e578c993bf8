import { lazy, Suspense } from 'react'
import type { DiffProps } from './diff-view.tsx'
import { Loading } from './states.tsx'

const DiffView = lazy(() => import('./diff-view.tsx').then((m) => ({ default: m.DiffView })))

/**
 * The side-by-side of two texts: word highlights, gaps that open, `n` and `p` for the next and previous change, unified
 * on narrow screens or with `?view=unified`. The same component for policies and for watched pages.
 */
export function Diff(props: DiffProps) {
  return (
    <Suspense fallback={<Loading lines={8} />}>
      <DiffView {...props} />
    </Suspense>
  )
}
