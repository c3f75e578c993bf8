import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { authorizePath, configServer, pkce, workspaceApp } from '../oauth.ts'
import type { Product } from './product.ts'

// What the client on a machine sends while a person is at the browser (docs/clients.md), without the client.

interface Said {
  readonly status: number
  readonly json: Readonly<Record<string, string>>
}

async function said(answer: Response): Promise<Said> {
  return { status: answer.status, json: (await answer.json()) as Record<string, string> }
}

/** As the command line of the client calls itself. */
const program = { 'user-agent': 'codex_cli_rs/0.169.0 (Debian 12.0.0; x86_64) xterm' }

const postJson = async (url: string, body: unknown): Promise<Said> =>
  said(
    await fetch(url, {
      method: 'POST',
      headers: { ...program, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )

/** The token endpoint of the product. */
export const token = async ({ url }: Product, form: Record<string, string>): Promise<Said> =>
  said(
    await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: program,
      body: new URLSearchParams(form),
    }),
  )

export interface Waiting {
  readonly device_auth_id: string
  /** What the terminal shows. */
  readonly user_code: string
}

/** `codex login --device-auth` up to where the terminal waits. */
export async function askForCode({ url }: Product): Promise<Waiting> {
  const { status, json } = await postJson(`${url}/api/accounts/deviceauth/usercode`, {
    client_id: workspaceApp.id,
  })
  if (status !== 200) throw new Error(`No device code: ${status}`)
  return { device_auth_id: json['device_auth_id'] ?? '', user_code: json['user_code'] ?? '' }
}

export const poll = ({ url }: Product, waiting: Waiting): Promise<Said> =>
  postJson(`${url}/api/accounts/deviceauth/token`, waiting)

/** The exchange after a poll that was answered. */
export const exchangePolled = (product: Product, polled: Said): Promise<Said> =>
  token(product, {
    grant_type: 'authorization_code',
    client_id: workspaceApp.id,
    code: polled.json['authorization_code'] ?? '',
    redirect_uri: `${product.tlsUrl}/deviceauth/callback`,
    code_verifier: polled.json['code_verifier'] ?? '',
  })

/** A program that has opened the browser and listens on the machine for the answer. */
export interface Listening {
  /** What it opens in the browser; a path of the product. */
  readonly opens: string
  readonly port: number
  /** What the browser brings; waits for it. */
  readonly answer: Promise<URLSearchParams>
  readonly exchange: (code: string) => Promise<Said>
  readonly stop: () => void
}

/** `codex login` where `[config_server.oauth]` stands. */
export async function listenForAnswer(product: Product): Promise<Listening> {
  const pair = pkce()
  let server: Server | undefined
  const answer = new Promise<URLSearchParams>((done) => {
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1')
      response.setHeader('content-type', 'text/html')
      response.end(pathname === '/callback' ? '<h1>The page of the program</h1>' : '')
      if (pathname === '/callback') done(searchParams)
    })
  })
  await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready))
  const port = (server?.address() as AddressInfo).port
  const redirect = `http://127.0.0.1:${port}/callback`
  return {
    opens: authorizePath({ ...configServer, redirect }, pair, {
      resource: `${product.tlsUrl}/member`,
    }),
    port,
    answer,
    exchange: (code) =>
      token(product, {
        grant_type: 'authorization_code',
        client_id: configServer.id,
        code,
        redirect_uri: redirect,
        code_verifier: pair.verifier,
      }),
    stop: () => void server?.close(),
  }
}
