import { useState } from 'react'
import { Button, Text } from '@mantine/core'
import { Front, Loading, useApi, useParam } from '#web/kit/index.ts'
import { authorization, type Authorization } from '../schema.ts'
import { Answered, CannotAnswer } from './asking.tsx'
import { at, decideAuthorization, type Decision } from './calls.ts'
import { handOver } from './hand-over.ts'
import { Question } from './question.tsx'

/** A program on her machine has opened the browser here and waits for the answer. */
export function ConsentScreen() {
  const id = useParam('authorizationId')
  const answer = useApi(['authorizations', id], at.authorization(id), authorization)
  const [decision, setDecision] = useState<Decision>()
  if (decision !== undefined) return <Over decision={decision} />
  if (answer.data !== undefined) return <Consent of={answer.data} onDecided={setDecision} />
  return (
    <Front title={answer.isError ? 'This cannot be answered' : 'A client wants to sign in'}>
      {answer.isError ? (
        <CannotAnswer error={answer.error} onRetry={() => answer.refetch()} />
      ) : (
        <Loading lines={6} />
      )}
    </Front>
  )
}

function Consent({
  of,
  onDecided,
}: {
  readonly of: Authorization
  readonly onDecided: (decision: Decision) => void
}) {
  return (
    <Question
      of={of}
      title={`Sign ${of.client} in to ${of.workspace}?`}
      facts={[
        ['From', of.ip],
        ['The answer goes to', <code key="h">{of.redirectHost}</code>],
      ]}
      caution={
        <Text size="sm" c="dimmed">
          Allow this only if you have just started the sign-in yourself, on this machine.
        </Text>
      }
      decide={(decision) => decideAuthorization(of, decision)}
      onDecided={(decision, { redirectTo }) => {
        handOver(redirectTo)
        // The server tells the program of a refusal in place of a code.
        onDecided(of.refusal === null ? decision : 'deny')
      }}
      refused={(decide, busy) => (
        <Button variant="default" loading={busy} onClick={() => decide('approve')}>
          Tell the program
        </Button>
      )}
    />
  )
}

function Over({ decision }: { readonly decision: Decision }) {
  return decision === 'approve' ? (
    <Front title="Go back to your terminal">
      <Answered allowed>
        The answer is on its way to the program that asked. You can close this page. The client is
        listed under My devices as soon as it has taken the answer.
      </Answered>
    </Front>
  ) : (
    <Front title="Nothing was allowed">
      <Answered allowed={false}>The program was told so. You can close this page.</Answered>
    </Front>
  )
}
