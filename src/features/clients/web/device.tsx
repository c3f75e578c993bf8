import { useState } from 'react'
import { Front, Link } from '#web/kit/index.ts'
import { Answered } from './asking.tsx'
import type { Decision } from './calls.ts'
import { DeviceCode, type Found } from './device-code.tsx'
import { DeviceQuestion } from './device-question.tsx'

/**
 * Where a terminal sends somebody with a code. The code is typed here and never taken from the address: whoever sends a
 * link cannot bring their own request along (RFC 8628, sections 3.3.1 and 5.4).
 */
export function DeviceScreen() {
  const [request, setRequest] = useState<Found>()
  const [decision, setDecision] = useState<Decision>()
  if (decision !== undefined) return <Over decision={decision} />
  if (request === undefined) return <DeviceCode onFound={setRequest} />
  return (
    <DeviceQuestion
      of={request.of}
      code={request.code}
      onDecided={setDecision}
      onBack={() => setRequest(undefined)}
    />
  )
}

function Over({ decision }: { readonly decision: Decision }) {
  const devices = (
    <Link to="/account/devices" underline="always">
      My devices
    </Link>
  )
  return decision === 'approve' ? (
    <Front title="Go back to your terminal">
      <Answered allowed>
        It goes on by itself within a few seconds. You find this client under {devices} then, and
        can end it there.
      </Answered>
    </Front>
  ) : (
    <Front title="Nothing was allowed">
      <Answered allowed={false}>
        Nobody is signed in by this code any more. If somebody sent it to you, tell your
        administrator. What is signed in as you stands under {devices}.
      </Answered>
    </Front>
  )
}
