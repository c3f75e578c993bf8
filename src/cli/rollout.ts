import { defineCommand } from 'citty'
import type { Version } from '#features/policies/schema.ts'
import type { Act, ChangeSet } from '#features/policies/schema.act.ts'
import type { RolloutState, Rollout } from '#features/policies/rollout/schema.ts'
import { api, ApiRefusal, everything } from './api.ts'
import { showEffect } from './effect.ts'
import { policyNamed } from './policy-named.ts'
import { print, printTable } from './print.ts'

/** To whom a new version goes, and when; without any of them to everybody, now. */
export const choiceArgs = {
  group: { type: 'string', description: 'Only to these groups first: names, with commas' },
  enrolment: { type: 'string', description: 'Only to these enrolments first: names, with commas' },
  percent: { type: 'string', description: 'Only to this share of the members first, 1 to 100' },
  'halt-at': {
    type: 'string',
    description: 'Halts at so many refused fetches within so many minutes: 5/30',
  },
  'take-back': { type: 'boolean', description: 'Is taken back as well when it halts' },
  at: { type: 'string', description: 'Not now but at this time: 2026-05-02T06:45Z' },
} as const

interface Choice {
  readonly group?: string | undefined
  readonly enrolment?: string | undefined
  readonly percent?: string | undefined
  readonly 'halt-at'?: string | undefined
  readonly 'take-back'?: boolean | undefined
  readonly at?: string | undefined
}

/** The act whose effect is shown, the address that does it, and what is sent there beside the draft and the message. */
export interface Publishing {
  readonly act: Act
  readonly path: string
  readonly body: object
  /** What has happened then, in a word or two. */
  readonly done: string
}

/** Throws a refusal for names that nothing has, and for times and numbers that are none. */
export async function publishing(policyId: string, choice: Choice): Promise<Publishing> {
  const path = `/api/v1/policies/${policyId}`
  const at = choice.at === undefined ? undefined : Date.parse(choice.at)
  if (at !== undefined && Number.isNaN(at))
    throw new ApiRefusal(`${choice.at ?? ''} is no time. Write it like 2026-05-02T06:45Z`)
  const later = at === undefined ? {} : { at }
  const staged = [choice.group, choice.enrolment, choice.percent].some((one) => one !== undefined)
  if (!staged) {
    if (choice['halt-at'] !== undefined || choice['take-back'] === true)
      throw new ApiRefusal('Only a rollout to a part halts. Say --group, --enrolment or --percent.')
    const act = { kind: 'publish', policyId } as const
    const done = at === undefined ? 'is published' : 'is scheduled'
    return { act, path: `${path}/publish`, body: later, done }
  }
  const stage = {
    groupIds: await idsOf('groups', choice.group),
    enrolmentIds: await idsOf('enrolments', choice.enrolment),
    percent: choice.percent === undefined ? 0 : Number(choice.percent),
  }
  const bounds = { refusedFetches: boundOf(choice['halt-at']) }
  return {
    act: { kind: 'rollout', policyId, stage },
    path: `${path}/rollout`,
    body: { ...later, stage, bounds, takeBackWhenHalted: choice['take-back'] === true },
    done: at === undefined ? 'goes to its stage' : 'is scheduled',
  }
}

async function idsOf(kind: 'groups' | 'enrolments', names: string | undefined): Promise<string[]> {
  if (names === undefined) return []
  const all = await everything<{ id: string; name: string }>(
    kind === 'groups' ? '/api/v1/groups' : '/api/v1/enrolments?state=active',
  )
  return names.split(',').map((wanted) => {
    const name = wanted.trim()
    const found = all.find((o) => o.id === name || o.name.toLowerCase() === name.toLowerCase())
    if (!found) throw new ApiRefusal(`There is no ${kind.slice(0, -1)} ${name}.`)
    return found.id
  })
}

function boundOf(text: string | undefined): { count: number; minutes: number } | null {
  if (text === undefined) return null
  const parts = /^(\d+)\/(\d+)$/.exec(text)
  if (!parts) throw new ApiRefusal('Write --halt-at as COUNT/MINUTES: 5/30')
  return { count: Number(parts[1]), minutes: Number(parts[2]) }
}

const policyArg = { type: 'positional', description: 'Name or id', required: true } as const
const json = { type: 'boolean', description: 'Print JSON' } as const
const why = { type: 'string', alias: 'm', description: 'Why, for the history' } as const

const stateOf = (policyId: string): Promise<RolloutState> =>
  api('GET', `/api/v1/policies/${policyId}/rollout`)

const stageWords = ({ stage }: Pick<Rollout, 'stage'>): string =>
  [
    ...[...stage.groups, ...stage.enrolments].map(({ name }) => name),
    ...(stage.percent > 0 ? [`${stage.percent} % of the members`] : []),
  ].join(', ')

const show = defineCommand({
  meta: { name: 'show', description: 'What is being rolled out or scheduled, and how it goes' },
  args: { policy: policyArg, json },
  async run({ args }) {
    const { id, name } = await policyNamed(args.policy)
    const state = await stateOf(id)
    print(args.json, state, () => {
      const { current, progress, schedule } = state
      if (schedule) {
        const at = new Date(schedule.at).toISOString()
        const note = schedule.state === 'missed' ? ` Not published: ${schedule.note}` : ''
        console.log(`${name} v${schedule.version} is scheduled for ${at}.${note}`)
      }
      if (!current) {
        console.log(`Nothing of ${name} is being rolled out.`)
        return
      }
      const halted = current.state === 'halted' ? ' It stands halted.' : ''
      console.log(`${name} v${current.version} is served to: ${stageWords(current)}.${halted}`)
      if (progress)
        console.log(
          `${progress.served} of ${progress.inStage} have fetched it. Refused fetches in ${progress.minutes} min: ${progress.refused} by Gatehouse, ${progress.cameBack} by clients that came back.`,
        )
      printTable(
        current.steps.map((step) => ({
          at: new Date(step.at).toISOString(),
          what: step.what,
          by: step.by,
          touches: step.touches,
          why: step.note,
        })),
      )
    })
  },
})

/** A decision about the rollout that runs: says whom it touches; does it with --yes. */
const decision = (
  path: 'finish' | 'take-back' | 'go-on',
  kind: 'finish_rollout' | 'take_back_rollout' | undefined,
  description: string,
) =>
  defineCommand({
    meta: { name: path, description: `${description}; does it with --yes` },
    args: {
      policy: policyArg,
      message: why,
      yes: { type: 'boolean', description: 'Do it' },
      json,
    },
    async run({ args }) {
      const { id, name } = await policyNamed(args.policy)
      const { current } = await stateOf(id)
      if (!current) throw new ApiRefusal(`Nothing of ${name} is being rolled out.`)
      const effect =
        kind &&
        (await api<ChangeSet>('POST', '/api/v1/change-sets/preview', {
          act: { kind, policyId: id },
        }))
      if (!args.yes) {
        print(args.json, effect ?? current, () => {
          if (effect) showEffect(effect)
          console.log('Nothing has happened. Do it with --yes.')
        })
        return
      }
      const state = await api<RolloutState>('POST', `/api/v1/policies/${id}/rollout/${path}`, {
        revision: current.revision,
        ...(effect && { changeSet: effect.hash }),
        ...(args.message !== undefined && { message: args.message }),
      })
      print(args.json, state, () =>
        console.log(`${name} v${current.version}: done. ${effect?.clients ?? ''}`),
      )
    },
  })

const cancel = defineCommand({
  meta: { name: 'cancel', description: 'Cancel the version that is scheduled' },
  args: { policy: policyArg, json },
  async run({ args }) {
    const { id, name } = await policyNamed(args.policy)
    const { schedule } = await stateOf(id)
    if (!schedule) throw new ApiRefusal(`Nothing of ${name} is scheduled.`)
    const path = `/api/v1/policies/${id}/schedule/cancel`
    const state = await api<RolloutState>('POST', path, { id: schedule.id })
    print(args.json, state, () => console.log(`${name} v${schedule.version} does not go out.`))
  },
})

export const rollout = defineCommand({
  meta: { name: 'rollout', description: 'A version that goes to a part first, or at a set time' },
  subCommands: {
    show,
    finish: decision('finish', 'finish_rollout', 'Serve the version to everybody'),
    'take-back': decision('take-back', 'take_back_rollout', 'Serve the published version again'),
    'go-on': decision('go-on', undefined, 'Let a halted rollout go on'),
    cancel,
  },
})

/** What a publish answers. */
export interface Done {
  readonly version: Version
  readonly touches: number
}
