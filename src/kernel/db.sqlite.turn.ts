/** Milliseconds of database work after which others have a turn: fetches of policies wait for no import. */
const longTurn = 2

/** Adds up what is done in one turn of the event loop. */
export interface Turn {
  readonly add: (ms: number) => void
  /** The next piece of work belongs in a later turn. */
  readonly isLong: () => boolean
}

export function createTurn(): Turn {
  let spent = 0
  let over: NodeJS.Immediate | undefined
  return {
    add(ms) {
      spent += ms
      over ??= setImmediate(() => {
        spent = 0
        over = undefined
      })
    },
    isLong: () => spent > longTurn,
  }
}
