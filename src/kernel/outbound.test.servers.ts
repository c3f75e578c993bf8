import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { afterEach } from 'vitest'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    if ('closeAllConnections' in server) (server.closeAllConnections as () => void)()
    server.close()
  }
})

/** Starts a server on loopback for the length of one test; gives its port. */
export async function listen(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  open.push(server)
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(port, host, done)
  })
  return (server.address() as AddressInfo).port
}

export const serve = (listener: RequestListener): Promise<number> => listen(createServer(listener))
