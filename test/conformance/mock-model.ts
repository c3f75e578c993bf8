import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A Responses-API model that does what it is told: one scripted tool call an answer, then a farewell. */
export interface MockModel {
  /** For `base_url` of a model provider. */
  readonly url: string
  /** Every body the client sent, oldest first. */
  readonly requests: readonly ModelRequest[]
  /** The shell commands the model asks for from now on; forgets what was recorded. */
  script(commands: readonly string[]): void
  /** Asks for all of them in its next answer. */
  scriptAtOnce(commands: readonly string[]): void
  close(): Promise<void>
}

export interface ModelRequest {
  readonly body: string
  /** What the client answered to the tool calls so far, by call id. */
  readonly toolResults: ReadonlyMap<string, string>
}

interface InputItem {
  readonly type?: string
  readonly call_id?: string
  readonly output?: unknown
}

/** Starts on a free loopback port. */
export async function startMockModel(): Promise<MockModel> {
  let answers: readonly (readonly string[])[] = []
  let requests: ModelRequest[] = []
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || !(request.url ?? '').endsWith('/responses')) {
      // `GET /models` and the client's side requests; an empty list makes it use the model it was told.
      response
        .writeHead(request.url?.includes('/models') === true ? 200 : 404, {
          'content-type': 'application/json',
        })
        .end('{"models":[]}')
      return
    }
    void readBody(request).then((body) => {
      const turn = { body, toolResults: toolResultsIn(body) }
      requests.push(turn)
      let next = 0
      for (let done = turn.toolResults.size; done > 0; next += 1)
        done -= answers[next]?.length ?? done
      answer(response, requests.length, answers[next] ?? [])
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get requests() {
      return requests
    },
    script(commands) {
      answers = commands.map((command) => [command])
      requests = []
    },
    scriptAtOnce(commands) {
      answers = [commands]
      requests = []
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function toolResultsIn(body: string): ReadonlyMap<string, string> {
  const { input = [] } = JSON.parse(body) as { readonly input?: readonly InputItem[] }
  return new Map(
    input
      .filter((item) => item.type === 'function_call_output')
      .map((item) => [
        item.call_id ?? '',
        typeof item.output === 'string' ? item.output : JSON.stringify(item.output),
      ]),
  )
}

/** The shortest stream the client takes: created, the finished items, completed with usage. */
function answer(response: ServerResponse, turn: number, commands: readonly string[]): void {
  const id = `resp_${turn}`
  const farewell = {
    type: 'message',
    role: 'assistant',
    id: `msg_${turn}`,
    content: [{ type: 'output_text', text: 'The mock model is done.' }],
  }
  const calls = commands.map((cmd, n) => ({
    type: 'function_call',
    id: `fc_${turn}_${n}`,
    call_id: commands.length === 1 ? `call_${turn}` : `call_${turn}_${n}`,
    name: 'exec_command',
    arguments: JSON.stringify({ cmd }),
  }))
  const usage = {
    input_tokens: 1,
    input_tokens_details: null,
    output_tokens: 1,
    output_tokens_details: null,
    total_tokens: 2,
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of [
    { type: 'response.created', response: { id } },
    ...(calls.length > 0 ? calls : [farewell]).map((item) => ({
      type: 'response.output_item.done',
      item,
    })),
    { type: 'response.completed', response: { id, usage } },
  ]) {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  }
  response.end()
}
