/** Told after each change of what disagrees. */
export const driftChannel = 'drift'
