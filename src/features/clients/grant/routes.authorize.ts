import { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import { addressKey } from '#kernel/ratelimit.ts'
import type { Call } from '#kernel/route.ts'
import { userAgentOf } from '#kernel/user-agent.ts'
import { lifetimes } from '../lifetimes.ts'
import type { Setting } from '../ports.ts'
import { readAuthorization, type Asked } from './authorize.ts'
import { errorPage, sendTo } from './page.ts'
import { insertAuthorization } from './store.ts'

/** Described for the documentation; read by authorize.ts, which sees what comes twice. */
const query = z.object({
  response_type: z.string().optional().describe('`code`.'),
  client_id: z.string().optional(),
  redirect_uri: z.string().optional().describe('A loopback address, any port.'),
  code_challenge: z.string().optional(),
  code_challenge_method: z.string().optional().describe('`S256`.'),
  state: z.string().optional(),
  scope: z.string().optional(),
  resource: z.string().optional(),
  nonce: z.string().optional(),
})

/** RFC 6749, section 3.1. A browser is sent here by the client; a person decides on a page of ours. */
export const authorizeRoute = (setting: Setting) =>
  route({
    id: 'oauth.authorize',
    method: 'GET',
    path: '/oauth/authorize',
    summary: 'Begin a sign-in in the browser',
    description:
      'Authorization code with PKCE S256. Sends the browser to the page on which the member agrees; errors go back to `redirect_uri`, or to an error page when the program or its address is not known.',
    auth: ['public'],
    permission: null,
    query,
    output: null,
    produces: 'text/html',
    errors: 'client',
    audit: null,
    handle: async (call) => {
      const wait = setting.limits.authorizationsByAddress.take(addressKey(call.ip))
      if (wait > 0)
        return errorPage(
          'Too many sign-ins were begun from your network address. Wait a little.',
          429,
          {
            'retry-after': String(Math.ceil(wait / 1000)),
          },
        )
      const { searchParams } = new URL(call.request.url)
      const reading = readAuthorization(searchParams, setting.runtime.publicUrl)
      if (reading.kind === 'page') return errorPage(reading.message)
      if (reading.kind === 'redirect') return sendTo(reading.redirectTo)
      return sendTo(
        `${setting.ports.siteUrl}/authorize/${await keep(setting, call, reading.asked)}`,
      )
    },
  })

/** Not an act of anybody yet, so the audit trail begins with the decision. */
async function keep({ runtime }: Setting, call: Call, asked: Asked): Promise<string> {
  const id = runtime.ids('aut')
  await runtime.db.tx(() =>
    insertAuthorization({
      id,
      oauth_client: asked.client.id,
      flow: asked.client.flow,
      redirect_uri: asked.redirectUri,
      state: asked.state,
      code_challenge: asked.codeChallenge,
      scope: asked.scope,
      resource: asked.resource,
      nonce: asked.nonce,
      ip: call.ip,
      user_agent: userAgentOf(call.request),
      created_at: call.now,
      expires_at: call.now + lifetimes.authorization,
      decided_at: null,
    }),
  )
  return id
}
