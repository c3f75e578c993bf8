/** A bar on a terminal; elsewhere a line for each tenth. On stderr, so that output can be piped. */
export function progress(what: string): {
  readonly at: (done: number, total: number) => void
  readonly end: () => void
} {
  const terminal = process.stderr.isTTY
  let tenth = -1
  return {
    at(done, total) {
      const share = total === 0 ? 1 : Math.min(1, done / total)
      if (terminal) {
        const full = Math.round(share * 30)
        const bar = `${'█'.repeat(full)}${'░'.repeat(30 - full)}`
        process.stderr.write(`\r${what} ${bar} ${done} of ${total} `)
      } else if (Math.floor(share * 10) > tenth) {
        tenth = Math.floor(share * 10)
        process.stderr.write(`${what} ${done} of ${total}\n`)
      }
    },
    end() {
      if (terminal) process.stderr.write('\n')
    },
  }
}
