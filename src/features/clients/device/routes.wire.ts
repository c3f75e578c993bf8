import { z } from 'zod'
import { second } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import { addressKey } from '#kernel/ratelimit.ts'
import { issueToken, readToken } from '#kernel/tokens.ts'
import { userAgentOf } from '#kernel/user-agent.ts'
import type { Work } from '#kernel/work.ts'
import { route } from '#features/workspace/index.ts'
import { surfaceRefusal } from '../grant/entitlement.ts'
import { workspaceClient } from '../grant/oauth-clients.ts'
import { lifetimes } from '../lifetimes.ts'
import type { Setting } from '../ports.ts'
import { answerPoll, decidedDevice } from './poll.ts'
import { deviceByUserCode, insertDevice } from './store.ts'
import { makeUserCode, showUserCode } from './user-code.ts'

/** Seconds between two polls, as the client is told (RFC 8628, section 3.2): it reads a text. */
const interval = '5'

const usercodeBody = z.object({ client_id: z.string().max(200) })
const usercodeAnswer = z.object({
  device_auth_id: z.string(),
  user_code: z.string(),
  interval: z.string(),
  expires_at: z.string(),
})

/** What the client sends is small; a stranger shall not make us read more. */
const bodyLimit = 4096

const askForCode = (setting: Setting) =>
  route({
    id: 'device-codes.ask',
    method: 'POST',
    path: '/api/accounts/deviceauth/usercode',
    summary: 'A code that a person types to sign a client in',
    description:
      'RFC 8628 in the shape that the client speaks. 404 exactly where device codes or Codex itself are turned off: the client then says so.',
    auth: ['public'],
    permission: null,
    body: usercodeBody,
    limit: bodyLimit,
    output: usercodeAnswer,
    errors: 'client',
    audit: null,
    handle: async (call, { body }) => {
      if (body.client_id !== workspaceClient.id)
        throw new Problem('invalid_client', 'No client with this id signs in with device codes.')
      const wait = setting.limits.devicesByAddress.take(addressKey(call.ip))
      if (wait > 0)
        throw new Problem('rate_limited', 'Too many device codes were asked for from here.', {
          retryAfter: Math.ceil(wait / second),
        })
      const { runtime } = setting
      const id = runtime.ids('dvc')
      const issued = issueToken('dev', id)
      const expiresAt = call.now + lifetimes.deviceCode
      const userCode = await runtime.db.tx(function* () {
        const refusal = yield* surfaceRefusal('device')
        if (refusal) throw new Problem('not_found', refusal.text)
        const free = yield* freeUserCode()
        yield* insertDevice({
          id,
          hash: issued.hash,
          user_code: free,
          oauth_client: workspaceClient.id,
          ip: call.ip,
          user_agent: userAgentOf(call.request),
          created_at: call.now,
          expires_at: expiresAt,
          decided_at: null,
          decision: null,
          member_id: null,
          authenticated_at: null,
          code_id: null,
        })
        return free
      })
      return {
        device_auth_id: issued.token,
        user_code: showUserCode(userCode),
        interval,
        expires_at: new Date(expiresAt).toISOString(),
      }
    },
  })

/** One that nobody else was given as long as a row of it is kept. Of 25,600,000,000, the first is nearly always free. */
function* freeUserCode(): Work<string> {
  for (let tries = 0; tries < 10; tries++) {
    const code = makeUserCode()
    if (!(yield* deviceByUserCode(code))) return code
  }
  throw new Problem('busy', 'Too many device codes are open.', { retryAfter: 60 })
}

const pollBody = z.object({
  device_auth_id: z.string().max(300),
  user_code: z.string().max(40),
})
const pollAnswer = z.object({
  authorization_code: z.string(),
  code_challenge: z.string(),
  code_verifier: z.string(),
})

const waiting = () => new Problem('wrong_state', 'Nobody has agreed to this sign-in yet.')

const poll = (setting: Setting) =>
  route({
    id: 'device-codes.poll',
    method: 'POST',
    path: '/api/accounts/deviceauth/token',
    summary: 'Ask whether a device code was agreed to',
    description:
      'Whatever keeps it from an answer is a 403, which the client takes for “not yet”; at any other status it gives the sign-in up. A denial is a code whose exchange is refused with its reason.',
    auth: ['public'],
    permission: null,
    body: pollBody,
    limit: bodyLimit,
    output: pollAnswer,
    errors: 'pending',
    audit: null,
    handle: async (call, { body }) => {
      const { db } = setting.runtime
      const asked = { deviceAuthId: body.device_auth_id, userCode: body.user_code }
      const read = readToken(asked.deviceAuthId, 'dev')
      if (!read || setting.limits.pollsByDevice.take(read.id) > 0) throw waiting()
      if (!(await db.read(() => decidedDevice(asked, call.now)))) throw waiting()
      const answer = await db.tx(() => answerPoll(setting, asked, call.now))
      if (!answer) throw waiting()
      return answer
    },
  })

export const wireRoutes = (setting: Setting) => [askForCode(setting), poll(setting)]
