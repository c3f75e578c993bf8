import type { ButtonProps } from '@mantine/core'
import { ConfirmButton, Effect, Time, useAct } from '#web/kit/index.ts'
import type { AccessToken } from '../../tokens/schema.ts'
import { endedToken, tokenFailsOpen } from '../../schema.truths.ts'
import { revokeToken, touched } from './calls.ts'
import { livesStill, ownerOf } from './words.tsx'

interface Props {
  /** The address below which the token stands. */
  readonly path: string
  readonly of: AccessToken
  readonly button?: ButtonProps
}

/** Ends one token, after saying what its clients do then. */
export function Revoke({ path, of, button = { size: 'compact-sm' } }: Props) {
  const act = useAct(() => revokeToken(path, of), {
    done: `${of.name} is revoked.`,
    refresh: touched,
    onError: () => true,
  })
  if (!livesStill(of)) return null
  return (
    <ConfirmButton
      label="Revoke"
      button={{ 'aria-label': `Revoke ${of.name}`, ...button } as ButtonProps}
      title={`Revoke ${of.name}?`}
      action="Revoke token"
      onConfirm={() => act.mutateAsync()}
    >
      <Effect
        touches={
          <>
            Everything that uses this token of {ownerOf(of)}. Last used:{' '}
            <Time at={of.lastUsedAt} none="never" />.
            {of.purpose !== '' && <> It is for: {of.purpose}</>}
          </>
        }
        when={
          <>
            At once for every fetch; a client goes on with a policy that it has fetched less than an
            hour ago. {endedToken} {tokenFailsOpen}
          </>
        }
        undo="Not possible. Make a new token."
      />
    </ConfirmButton>
  )
}
