import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Status, Time } from '#web/kit/index.ts'
import type { DeviceRequest } from '../schema.ts'
import { useTakeKeyboard } from './asking.tsx'
import { decideDevice, type Decision } from './calls.ts'
import { Question } from './question.tsx'

interface DeviceQuestionProps {
  readonly of: DeviceRequest
  readonly code: string
  readonly onDecided: (decision: Decision) => void
  /** Another code. */
  readonly onBack: () => void
}

/** The second step: what asked, from where and when, so that she can tell it from somebody else's. */
export function DeviceQuestion({ of, code, onDecided, onBack }: DeviceQuestionProps) {
  useTakeKeyboard()
  const another = (
    <Button variant="default" onClick={onBack}>
      Type another code
    </Button>
  )
  return (
    <Question
      of={of}
      title={`Sign this client in to ${of.workspace}?`}
      facts={[
        [
          'From',
          <span key="f">
            {of.ip}{' '}
            {of.sameAddress ? (
              <Status meaning="allowed">as you now</Status>
            ) : (
              <Status meaning="prompt">not yours</Status>
            )}
          </span>,
        ],
        ['The code is valid until', <Until key="u" at={of.expiresAt} />],
      ]}
      caution={<Warning sameAddress={of.sameAddress} />}
      decide={(decision) => decideDevice(of, code, decision)}
      onDecided={onDecided}
      refused={() => another}
      wayOut={another}
    />
  )
}

function Until({ at }: { readonly at: number }) {
  const clock = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  return (
    <span>
      {clock}, <Time at={at} />
    </span>
  )
}

function Warning({ sameAddress }: { readonly sameAddress: boolean }) {
  return (
    <Alert
      color="yellow"
      icon={<IconAlertTriangle aria-hidden />}
      title="Go on only if you started this yourself, just now, on your own machine"
    >
      Nobody from support or from your administrators will ever ask you for a code or send you one.
      {!sameAddress && (
        <>
          {' '}
          This one was asked for from another network address than yours. That is as it should be
          only when the terminal runs somewhere else, on a server for instance.
        </>
      )}
    </Alert>
  )
}
