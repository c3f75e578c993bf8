import { exactTime } from '#web/kit/index.ts'
import type { How } from '../../approval/schema.ts'
import type { Act } from '../../schema.act.ts'
import type { Bounds } from '../../rollout/schema.ts'

export interface Stage {
  readonly groupIds: readonly string[]
  readonly enrolmentIds: readonly string[]
  readonly percent: number
}

/** To whom a new version goes, and when. */
export interface Choice {
  readonly to: 'all' | 'stage'
  readonly stage: Stage
  readonly bounds: Bounds
  readonly takeBackWhenHalted: boolean
  /** Null: now. Else a time (ms); undefined: not chosen yet. */
  readonly at: number | null | undefined
}

export const noStage: Stage = { groupIds: [], enrolmentIds: [], percent: 0 }
export const toAllNow: Choice = {
  to: 'all',
  stage: noStage,
  bounds: { refusedFetches: { count: 5, minutes: 30 } },
  takeBackWhenHalted: false,
  at: null,
}

export const isNobody = (stage: Stage): boolean =>
  stage.groupIds.length === 0 && stage.enrolmentIds.length === 0 && stage.percent === 0

/** What is missing before it can be done; undefined: nothing. */
export function choiceMissing(choice: Choice, now: number): string | undefined {
  if (choice.to === 'stage' && isNobody(choice.stage)) return 'Say first who is in the stage.'
  if (choice.at === undefined) return 'Choose a time.'
  if (choice.at !== null && choice.at <= now) return 'That time has passed.'
  if (choice.at !== null && choice.at - now > 366 * 86_400_000)
    return 'That is more than a year from now.'
  return undefined
}

/** The act whose effect is shown. */
export const publishAct = (policyId: string, { to, stage }: Choice): Act =>
  to === 'all'
    ? { kind: 'publish', policyId }
    : { kind: 'rollout', policyId, stage: mutable(stage) }

const mutable = (stage: Stage) => ({
  groupIds: [...stage.groupIds],
  enrolmentIds: [...stage.enrolmentIds],
  percent: stage.percent,
})

/** The request (POST) that does it; its answer is `published`. */
export function publishRequest(
  policyId: string,
  { to, stage, bounds, takeBackWhenHalted, at }: Choice,
  what: {
    readonly message: string
    readonly draftRevision: number
    readonly changeSet: string | undefined
  },
): { readonly path: string; readonly body: object } {
  const path = `/api/v1/policies/${policyId}`
  const body = { ...what, ...(typeof at === 'number' && { at }) }
  return to === 'all'
    ? { path: `${path}/publish`, body }
    : { path: `${path}/rollout`, body: { ...body, stage, bounds, takeBackWhenHalted } }
}

/** What the request says beside the act, for a choice that somebody else has to approve first. */
export const howOf = ({ to, bounds, takeBackWhenHalted, at }: Choice): How => ({
  ...(typeof at === 'number' && { at }),
  ...(to === 'stage' && { bounds, takeBackWhenHalted }),
})

/** What a choice does, in a few words for a button. */
export function choiceVerb({ to, at }: Choice): string {
  if (at !== null) return 'Schedule'
  return to === 'all' ? 'Publish' : 'Start rollout'
}

/** A time as an input of the browser holds it, in the local time zone: `2026-05-02T08:45`. */
export function asLocalInput(at: number): string {
  const date = new Date(at)
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** The other way; undefined for what is not a whole time. */
export function fromLocalInput(text: string): number | undefined {
  const at = new Date(text).getTime()
  return text === '' || Number.isNaN(at) ? undefined : at
}

const localForm = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
/** Name of the time zone of who looks: `Europe/Berlin`. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone
/** `2 May 2026, 08:45`, in the local time zone. */
export const localTime = (at: number): string => localForm.format(at)
/** `2 May 2026, 08:45 (2026-05-02 06:45 UTC)`. */
export const bothTimes = (at: number): string =>
  `${localTime(at)} (${exactTime(at).slice(0, 16)} UTC)`
