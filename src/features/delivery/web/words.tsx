import { Status, Time, type Meaning } from '#web/kit/index.ts'
import type { Enrolment, EnrolmentKey } from '../schema.ts'

/** How an enrolment stands: in use, silent, or over. */
export function EnrolmentState({ of }: { readonly of: Enrolment }) {
  if (of.state === 'revoked') return <Status meaning="forbidden">revoked</Status>
  if (of.lastFetchedAt === null) return <Status meaning="neutral">never fetched</Status>
  return <Status meaning="allowed">in use</Status>
}

const keyMeaning: Record<EnrolmentKey['state'], Meaning> = {
  valid: 'allowed',
  ending: 'prompt',
  ended: 'removed',
}
export function KeyState({ of }: { readonly of: EnrolmentKey }) {
  return (
    <span>
      <Status meaning={keyMeaning[of.state]}>{keyWord[of.state]}</Status>
      {of.state === 'ending' && of.endsAt !== null && (
        <>
          {' '}
          ends <Time at={of.endsAt} />
        </>
      )}
    </span>
  )
}
const keyWord: Record<EnrolmentKey['state'], string> = {
  valid: 'answers',
  ending: 'answers',
  ended: 'ended',
}

export function When({ at, never = 'never' }: { readonly at: number | null; never?: string }) {
  return at === null ? <span className="gh-quiet">{never}</span> : <Time at={at} />
}

/** What each answer of the bundle route meant. */
export function Answer({ status }: { readonly status: number }) {
  if (status === 200) return <Status meaning="allowed">200 served</Status>
  if (status === 304) return <Status meaning="allowed">304 unchanged</Status>
  if (status === 403) return <Status meaning="forbidden">403 refused</Status>
  return <Status meaning="drift">{status}</Status>
}
