import type { ReactNode } from 'react'

/** What a colour may mean here. Nothing else is coloured. */
export type Meaning =
  'added' | 'removed' | 'changed' | 'forbidden' | 'prompt' | 'allowed' | 'drift' | 'neutral'

/** A word with a meaning, never told by colour alone: `<Status meaning="allowed">published</Status>`. */
export function Status({
  meaning = 'neutral',
  children,
}: {
  readonly meaning?: Meaning
  readonly children: ReactNode
}) {
  return <span className={`gh-status gh-${meaning}`}>{children}</span>
}
