import { Text } from '@mantine/core'
import { SecretOnce, Time } from '#web/kit/index.ts'
import type { IssuedToken } from '../../tokens/schema.ts'
import { tokenFailsOpen } from '../../schema.truths.ts'

interface Props {
  readonly issued: IssuedToken | undefined
  readonly onStored: () => void
}

/** The secret, this once, and what has to be known before it goes into a runner. */
export function Issued({ issued, onStored }: Props) {
  return (
    <SecretOnce
      secret={issued?.secret}
      title={`Access token ${issued?.token.name ?? ''}`}
      onStored={onStored}
    >
      Give it to the client as <code>CODEX_ACCESS_TOKEN</code>, or to{' '}
      <code>codex login --with-access-token</code>. {tokenFailsOpen}
      {issued?.old?.state === 'active' && (
        <Text component="span" size="sm" display="block" mt="xs">
          The old token goes on until <Time at={issued.old.expiresAt} />.
        </Text>
      )}
    </SecretOnce>
  )
}
