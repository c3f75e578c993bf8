import { createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { openPostgres } from './db.postgres.ts'
import { createLog } from './log.ts'

/** Lets everybody in (AuthenticationOk, ReadyForQuery: PostgreSQL protocol 55.7) and never says anything again. */
const sockets = new Set<Socket>()
const silent = createServer((socket) => {
  sockets.add(socket)
  socket.on('error', () => undefined)
  socket.once('data', () =>
    socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])),
  )
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  silent.close()
})

it('a server that is gone without a word is told as unavailable, and nobody waits for it twice', async () => {
  await new Promise<void>((ready) => silent.listen(0, '127.0.0.1', ready))
  const { port } = silent.address() as AddressInfo
  const url = `postgres://nobody@127.0.0.1:${port}/nothing`
  const db = openPostgres(url, { log: createLog('silent'), answerTimeout: 500 })
  const started = performance.now()
  const reading = db.read(function* () {})
  await expect(reading).rejects.toMatchObject({ code: 'database_unavailable' })
  expect(performance.now() - started).toBeGreaterThan(400)
  for (const socket of sockets) socket.destroy()
  await db.close()
})
