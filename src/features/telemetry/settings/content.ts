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
