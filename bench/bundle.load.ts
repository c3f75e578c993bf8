import { readFileSync } from 'node:fs'
import type { ClientsFile } from './bundle.clients.ts'
import { getRequest, load } from './load.ts'

/** The load, in a process of its own: first what to ask, then how long and whom, again and again. */
type Order =
  | { readonly paths: readonly string[] }
  | { readonly clients: string }
  | { readonly port: number; readonly connections: number; readonly ms: number }

const host = '127.0.0.1'
let requests: readonly Buffer[] = []

process.on('message', (order: Order) => {
  if ('port' in order)
    void load({ host, ...order, requests, random: Math.random }).then((result) =>
      process.send?.(result),
    )
  else {
    requests =
      'paths' in order
        ? order.paths.map((path) => getRequest(host, path))
        : asksIn(order.clients).map(([path, token]) =>
            getRequest(host, path, { authorization: `Bearer ${token}` }),
          )
    process.send?.('loaded')
  }
})
process.send?.('ready')

const asksIn = (file: string) => (JSON.parse(readFileSync(file, 'utf8')) as ClientsFile).asks
