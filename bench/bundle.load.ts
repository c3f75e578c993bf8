import { getRequest, load } from './load.ts'

/** The load, in a process of its own. */
interface Order {
  readonly port: number
  readonly connections: number
  readonly ms: number
  readonly paths: readonly string[]
}

process.on('message', (order: Order) => {
  const host = '127.0.0.1'
  void load({
    host,
    port: order.port,
    connections: order.connections,
    ms: order.ms,
    requests: order.paths.map((path) => getRequest(`${host}:${order.port}`, path)),
    random: Math.random,
  }).then((result) => process.send?.(result))
})
process.send?.('ready')
