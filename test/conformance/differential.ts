import { isDeepStrictEqual } from 'node:util'
import {
  checkRequirements,
  readBack,
  remoteBlockOf,
  type Checked,
  type Complaint,
  type Machine,
} from '#requirements/index.ts'
import type { Verdict } from './oracle.ts'

/** What the check says the client of this machine does at start. */
export type Prediction = 'accepted' | 'refused' | 'either'

/**
 * The check speaks to all machines; this is what it says of one on Linux, where nobody's home is `/root` or `/home/…` and
 * none of the files exists that a policy names.
 */
export function predict({ complaints, document }: Checked, machine: Machine): Prediction {
  // Beside the plain text of an identity the client looks at nothing else in it, however wrong.
  const unread = complaints
    .filter(({ code }) => code === 'identity_ambiguous')
    .map(({ key }) => key.slice(0, -'url'.length))
  const isUnread = ({ key }: Complaint): boolean => unread.some((place) => key.startsWith(place))
  const stops = complaints.filter((complaint) => stopsHere(complaint) && !isUnread(complaint))
  const ofModes = stops.filter(({ code }) => code === 'read_only_missing')
  if (stops.length > ofModes.length) return 'refused'
  if (complaints.some((c) => isUndecided(c) || (isUnread(c) && c.severity === 'error')))
    return 'either'
  if (document === undefined || ofModes.length === 0) return 'accepted'
  // The modes of the block for this machine stand in the place of the policy's own.
  const here = remoteBlockOf(document, machine.host)
  const index = here && (document.remote_sandbox_config as readonly unknown[]).indexOf(here)
  const place = index === undefined ? '' : `remote_sandbox_config[${index}].`
  return ofModes.some(({ key }) => key === `${place}allowed_sandbox_modes`) ? 'refused' : 'accepted'
}

function stopsHere(complaint: Complaint): boolean {
  const { effect } = complaint
  return (
    !isUndecided(complaint) &&
    /^Codex 0\.169 refuses to start\b/.test(effect) &&
    !effect.includes('for everybody whose home is')
  )
}

/** Forms that nobody should write and no policy with them can be published: docs/requirements.md lists them. */
function isUndecided({ effect, code }: Complaint): boolean {
  return /reads a few by|unless the other one stands/.test(effect) || code === 'too_deep'
}

/** How the client and the check differ over a delivered policy; undefined when they agree. */
export function disagreement(text: string, verdict: Verdict, machine: Machine): string | undefined {
  const checked = checkRequirements(text)
  const { complaints, document } = checked
  const predicted = predict(checked, machine)
  const said = verdict.refused === undefined ? 'accepted' : 'refused'
  if (predicted === 'either') return undefined
  if (predicted !== said)
    return `the client ${said}, the check says ${predicted}: ${verdict.refused ?? ''} ${summary(complaints)}`
  if (said === 'refused' || document === undefined) return undefined
  const ours = readBack(document, machine)
  const theirs = verdict.requirements ?? {}
  const fields = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
  const different = fields.filter((field) => !isDeepStrictEqual(ours[field], theirs[field]))
  if (different.length === 0) return undefined
  return different
    .map((f) => `${f}: the client ${JSON.stringify(theirs[f])}, we ${JSON.stringify(ours[f])}`)
    .join('\n')
}

function summary(complaints: readonly Complaint[]): string {
  return complaints.map((c) => `${c.severity} ${c.code} ${c.key}`).join(', ')
}
