/** Answers the message `cpu` of the parent process with the processor time used so far (µs). */
export function tellCpu(): void {
  process.on('message', (asked) => {
    if (asked !== 'cpu') return
    const { user, system } = process.cpuUsage()
    process.send?.(user + system)
  })
}
