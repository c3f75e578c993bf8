/** Answers the messages `cpu` and `memory` of the parent process (µs used so far; bytes it holds), and ends when that ends. */
export function tellCpu(): void {
  process.on('disconnect', () => process.exit())
  process.on('message', (asked) => {
    if (asked === 'memory') process.send?.(process.memoryUsage.rss())
    if (asked !== 'cpu') return
    const { user, system } = process.cpuUsage()
    process.send?.(user + system)
  })
}
