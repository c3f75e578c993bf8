import { createHash } from 'node:crypto'
import type { Change, Given, Side } from '../changeset.ts'
import { noSettings, settingsBetween, type SettingChange, type Settings } from './settings.ts'

/** One thing that becomes different for somebody. */
export type What =
  | ({ readonly kind: 'setting' } & SettingChange)
  /** A client is given something of another kind: no policy any more, or a refusal. */
  | { readonly kind: 'given'; readonly before: Given; readonly after: Given }
  /** Another policy, version, comment or layout, and no setting that differs. */
  | { readonly kind: 'wording' }
  /** A draft that is no TOML: nothing can be said of its settings. */
  | { readonly kind: 'unreadable' }

/** All to whom the same thing happens, whichever policies they come from and go to. */
export interface Effect {
  /** Made of what happens only: the same in every process, for every act. */
  readonly id: string
  readonly what: What
  readonly members: number
  readonly enrolments: number
  readonly accounts: number
  /** Disjoint: everybody is in one change at most. */
  readonly changes: readonly Change[]
}

/** A change set turned round: by what changes, and not by who goes from which policy to which. The largest first. */
export function effectsOf(
  changes: readonly Change[],
  settingsOf: (policy: NonNullable<Side['policy']>) => Settings | undefined,
): readonly Effect[] {
  const found = new Map<string, { readonly what: What; readonly changes: Change[] }>()
  for (const change of changes)
    for (const what of whatChanges(change, settingsOf)) {
      const key = JSON.stringify(what)
      const effect = found.get(key)
      if (effect) effect.changes.push(change)
      else found.set(key, { what, changes: [change] })
    }
  return [...found]
    .map(([key, effect]): Effect => ({
      id: shortHash(key),
      ...effect,
      members: effect.changes.reduce((sum, { members }) => sum + members.length, 0),
      enrolments: effect.changes.reduce((sum, { enrolments }) => sum + enrolments.length, 0),
      accounts: effect.changes.reduce((sum, { accounts }) => sum + accounts.length, 0),
    }))
    .sort((a, b) => sizeOf(b) - sizeOf(a))
}

export const sizeOf = ({ members, enrolments, accounts }: Effect): number =>
  members + enrolments + accounts

/** Stands for one pair of policies, in addresses. */
export const changeId = ({ before, after }: Change): string =>
  shortHash(
    JSON.stringify(
      [before, after].map(({ given, policy }) => [
        given,
        policy?.policyId,
        policy?.version,
        policy?.sha256,
      ]),
    ),
  )

const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16)

/** A side on which a client starts: with a policy, or without any. A refusal has no settings. */
export const starts = ({ given }: Side): boolean => given === 'policy' || given === 'nothing'

export function whatChanges(
  { before, after }: Change,
  settingsOf: (policy: NonNullable<Side['policy']>) => Settings | undefined,
): readonly What[] {
  const found: What[] =
    before.given === after.given
      ? []
      : [{ kind: 'given', before: before.given, after: after.given }]
  if (starts(before) && starts(after)) {
    const [old, now] = [before, after].map(({ policy }) =>
      policy ? settingsOf(policy) : noSettings,
    )
    if (old && now)
      for (const change of settingsBetween(old, now)) found.push({ kind: 'setting', ...change })
    else found.push({ kind: 'unreadable' })
  }
  return found.length === 0 ? [{ kind: 'wording' }] : found
}
