/** The time in integer milliseconds since the epoch (UTC). Injected, so that tests stand still. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** 2026-05-02 06:45 UTC */
export const minuteText = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** How long something lasts, in the largest unit that says it exactly: `8 hours`, `90 minutes`. */
export function lengthText(ms: number): string {
  const [unit, name] =
    ms % day === 0 ? [day, 'day'] : ms % hour === 0 ? [hour, 'hour'] : [minute, 'minute']
  const count = Math.round(ms / unit)
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
