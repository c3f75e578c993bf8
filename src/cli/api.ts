import { readFileSync } from 'node:fs'
import { Agent, request as httpsRequest } from 'node:https'
import { request as httpRequest, type IncomingMessage } from 'node:http'

/** A refusal of the server, as the person at the terminal reads it. */
export class ApiRefusal extends Error {}

/**
 * Calls the running server. `GATEHOUSE_URL` says where (default http://127.0.0.1:7080), `GATEHOUSE_KEY` is a service key,
 * `GATEHOUSE_CA` a file with the certificate of its CA.
 */
export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const text = await readWhole(await send(method, path, body))
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** The answer as it comes, for what is larger than memory or is no JSON. */
export const apiStream = (path: string): Promise<IncomingMessage> => send('GET', path, undefined)

/** Follows `next` until there is no further page. */
export async function everything<T>(path: string): Promise<readonly T[]> {
  const items: T[] = []
  let cursor = ''
  for (;;) {
    const join = path.includes('?') ? '&' : '?'
    const page = await api<{ items: T[]; next: string | null }>(
      'GET',
      `${path}${join}limit=500${cursor}`,
    )
    items.push(...page.items)
    if (page.next === null) return items
    cursor = `&cursor=${encodeURIComponent(page.next)}`
  }
}

/** Resolves when the server agreed; throws what it refused. */
function send(method: string, path: string, body: unknown): Promise<IncomingMessage> {
  const url = new URL(path, process.env['GATEHOUSE_URL'] ?? 'http://127.0.0.1:7080')
  const key = process.env['GATEHOUSE_KEY']
  if (key === undefined || key === '')
    throw new ApiRefusal(
      'Set GATEHOUSE_KEY to a service key. Make one under Settings, Service keys.',
    )
  const ca = process.env['GATEHOUSE_CA']
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((done, fail) => {
    const call = request(
      url,
      {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(ca === undefined || url.protocol !== 'https:'
          ? {}
          : { agent: new Agent({ ca: readFileSync(ca) }) }),
        timeout: 30_000,
      },
      (answer) => {
        const status = answer.statusCode ?? 500
        if (status < 400) done(answer)
        else readWhole(answer).then((text) => fail(refusal(status, text)), fail)
      },
    )
    call.on('timeout', () => call.destroy(new Error('no answer in 30 s')))
    call.on('error', (error) =>
      fail(new ApiRefusal(`${url.origin} cannot be reached: ${error.message}`)),
    )
    call.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function readWhole(answer: IncomingMessage): Promise<string> {
  try {
    return Buffer.concat((await answer.toArray()) as Buffer[]).toString('utf8')
  } catch (error) {
    throw new ApiRefusal(`The answer was cut off: ${(error as Error).message}`)
  }
}

function refusal(status: number, text: string): ApiRefusal {
  try {
    const problem = JSON.parse(text) as {
      detail: string
      code: string
      remedy?: string
      errors?: { line?: number; column?: number; message: string }[]
    }
    const places = (problem.errors ?? [])
      .filter((e) => e.line !== undefined)
      .map((e) => `\n  ${e.line}:${e.column ?? 1} ${e.message}`)
    return new ApiRefusal(
      `${problem.detail} (${problem.code}) ${problem.remedy ?? ''}${places.join('')}`.trim(),
    )
  } catch {
    return new ApiRefusal(`The server answered ${status}.`)
  }
}
