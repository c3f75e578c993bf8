import type { ReactNode } from 'react'
import type { Surface } from '#features/workspace/surfaces/schema.ts'
import { surfaceWords } from '#features/workspace/surfaces/schema.words.ts'
import { plural, Status, Time } from '#web/kit/index.ts'

export const SurfaceState = ({ of }: { readonly of: Surface }) => (
  <Status meaning={of.on ? 'allowed' : 'forbidden'}>
    {of.on ? 'on' : `off: ${surfaceWords[of.key].off}`}
  </Status>
)

/** Who changed it last, and with which text. */
export const changedFact = (of: Surface): readonly (readonly [string, ReactNode])[] => [
  ...(of.changedAt === null
    ? []
    : [
        [
          'Changed',
          <span key="c">
            <Time at={of.changedAt} /> by {of.changedBy}
          </span>,
        ] as const,
      ]),
  ...(of.message === '' ? [] : [['Your text', of.message] as const]),
  ...(of.key === 'access_tokens'
    ? [['Longest lifetime', of.maxDays === null ? 'no limit' : plural(of.maxDays, 'day')] as const]
    : []),
]
