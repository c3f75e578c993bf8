/**
 * The two files of undici that calls out are made of. The package as a whole brings fetch, WebSocket, caches and mocks too,
 * and costs every start 45 ms of processor more.
 */
declare module 'undici/lib/dispatcher/client.js' {
  import type { Client } from 'undici'

  const client: typeof Client
  export default client
}

declare module 'undici/lib/core/connect.js' {
  import type { Socket } from 'node:net'
  import type { buildConnector } from 'undici'

  /** Opens a socket; gives it while it is still being opened. */
  export type Connector = (
    options: buildConnector.Options,
    callback: buildConnector.Callback,
  ) => Socket

  export default function build(options?: buildConnector.BuildOptions): Connector
}
