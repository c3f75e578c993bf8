/** Answers the message `cpu` of the parent process with the processor time used so far (µs), and ends when it ends. */
export function tellCpu(): void {
  process.on('disconnect', () => process.exit())
  process.on('message', (asked) => {
    if (asked !== 'cpu') return
    const { user, system } = process.cpuUsage()
    process.send?.(user + system)
  })
}
