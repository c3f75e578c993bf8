/** The time in integer milliseconds since the epoch (UTC). Injected, so that tests stand still. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour
