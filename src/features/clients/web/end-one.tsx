import type { ButtonProps } from '@mantine/core'
import { ConfirmButton, Time, useAct } from '#web/kit/index.ts'
import type { Client } from '../schema.ts'
import { AfterEnd } from './after-end.tsx'
import { memberOf, programOf, routeNames } from './words.tsx'

interface EndOneProps {
  readonly of: Client
  readonly end: (client: Client) => Promise<unknown>
  /** She ends one of her own. */
  readonly own?: boolean
  readonly label?: string
  readonly button?: ButtonProps
}

/** Ends one sign-in, after saying what its client does then. */
export function EndOne({ of, end, own = false, label = 'End', button = {} }: EndOneProps) {
  const act = useAct(end, {
    done: 'The sign-in has ended.',
    refresh: ['clients', 'own-clients', 'overview'],
    onError: () => true,
  })
  const program = programOf(of)
  return (
    <ConfirmButton
      label={label}
      button={{ 'aria-label': `${label} of ${program}`, ...button } as ButtonProps}
      title={own ? 'End this sign-in?' : `End this sign-in of ${memberOf(of)}?`}
      action="End sign-in"
      onConfirm={() => act.mutateAsync(of)}
    >
      <AfterEnd
        who={
          <>
            {program}
            {own ? '' : ` of ${memberOf(of)}`}, {routeNames[of.route].toLowerCase()}, signed in{' '}
            <Time at={of.signedInAt} /> from {of.signedInFrom}. No other client is touched.
          </>
        }
        routes={[of.route]}
      />
    </ConfirmButton>
  )
}
