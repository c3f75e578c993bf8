const loopback = /^(127\.0\.0\.1|\[::1\]|localhost)$/

/** Whether this is an address of this very machine, where a program waits for the answer (RFC 8252, section 7.3). */
export function isOnThisMachine(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined
  return url?.protocol === 'http:' && loopback.test(url.hostname) && url.username === ''
}

/** Opens the address that hands the answer to the program. The server checked it before; nothing else leaves this page. */
export function handOver(address: string): void {
  if (!isOnThisMachine(address)) throw new Error('The answer would have left this machine.')
  window.location.assign(address)
}
