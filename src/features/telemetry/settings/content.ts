import type { ContentLevel, TelemetrySettings } from '../schema.settings.ts'

/** From the strictest on. */
export const levels = ['nothing', 'commands', 'redacted', 'all'] as const satisfies ContentLevel[]

/**
 * How much is kept of what a person wrote and her agent did: the strictest word of her groups that say something, else the
 * workspace's. Pure.
 */
export function contentLevelOf(
  { content, groups }: Pick<TelemetrySettings, 'content' | 'groups'>,
  groupIds: readonly string[],
): ContentLevel {
  const said = groups.filter(({ groupId }) => groupIds.includes(groupId)).map((g) => g.level)
  return levels.find((level) => said.includes(level)) ?? content.level
}

type Kept = Pick<TelemetrySettings, 'content' | 'groups' | 'logUserPrompt'>

/** Whether of anybody, whatever her groups, more text would be sent or kept after a change than before it. Pure. */
export function keepsMore(before: Kept, after: Kept): boolean {
  if (after.logUserPrompt && !before.logUserPrompt) return true
  const patterns = new Set(after.content.patterns)
  if (wantsRedaction(after) && before.content.patterns.some((one) => !patterns.has(one)))
    return true
  const rank = (settings: Kept, ids: readonly string[]): number =>
    levels.indexOf(contentLevelOf(settings, ids))
  return memberships(before, after).some((ids) => rank(after, ids) > rank(before, ids))
}

/**
 * Groups somebody may be in, as far as it decides whether more is kept: the strictest word counts, so a larger set is decided by
 * one group or by two, and groups of which the same is said before and after are alike.
 */
function memberships(before: Kept, after: Kept): readonly (readonly string[])[] {
  const said = ({ groups }: Kept) => new Map(groups.map(({ groupId, level }) => [groupId, level]))
  const [old, now] = [said(before), said(after)]
  const alike = new Map<string, string>()
  for (const id of [...old.keys(), ...now.keys()]) alike.set(`${old.get(id)} ${now.get(id)}`, id)
  const ids = [...alike.values()]
  return [[], ...ids.flatMap((one, i) => ids.slice(i).map((other) => [one, other]))]
}

const wantsRedaction = (settings: Pick<TelemetrySettings, 'content' | 'groups'>): boolean =>
  levelsSaid(settings).includes('redacted')

/** Every level that somebody may be under. */
const levelsSaid = ({ content, groups }: Pick<TelemetrySettings, 'content' | 'groups'>) => [
  content.level,
  ...groups.map((group) => group.level),
]

/** Whether anything would be kept of what tools put out, so that clients have to send it. */
export const wantsToolOutput = (settings: Pick<TelemetrySettings, 'content' | 'groups'>): boolean =>
  levelsSaid(settings).some((level) => level === 'redacted' || level === 'all')

/** Prompts leave the machine only where everything is kept of everybody: the block is the same for all. */
export const mayLogPrompts = (settings: Pick<TelemetrySettings, 'content' | 'groups'>): boolean =>
  levelsSaid(settings).every((level) => level === 'all')
