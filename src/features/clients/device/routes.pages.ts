import { second } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import { addressKey } from '#kernel/ratelimit.ts'
import type { Call } from '#kernel/route.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { route, theWorkspace } from '#features/workspace/index.ts'
import { deciderOf, refuseOther } from '../decider.ts'
import { askingIn, refusalFor } from '../grant/entitlement.ts'
import { oauthClientOf } from '../grant/oauth-clients.ts'
import { mailDevice } from '../mails.ts'
import type { Setting } from '../ports.ts'
import * as schema from '../schema.ts'
import type { DeviceRow } from '../tables.ts'
import { decideDevice, deviceById, deviceByUserCode } from './store.ts'
import { readUserCode } from './user-code.ts'

const own = { auth: ['session'], permission: null, errors: 'problem' } as const

/** One answer for every code that opens nothing: which of them once existed is nobody's business. */
const noSuchCode = () =>
  new Problem('not_found', 'No client is waiting for this code.', {
    remedy:
      'Compare it with the terminal. A code works once and for 15 minutes: start the sign-in there again for a new one.',
    errors: [{ field: 'userCode', message: 'No client is waiting for this code.' }],
  })

/**
 * Runs `act` with the typed code. A code that opens nothing counts as a wrong one, for the member and for the address; a
 * request on whose id somebody else decides does as well.
 */
async function withCode<T>(
  setting: Setting,
  call: Pick<Call, 'actor' | 'ip'>,
  typed: string,
  act: (userCode: string) => Promise<T>,
): Promise<T> {
  const code = readUserCode(typed)
  if (code === undefined)
    throw new Problem('invalid_input', 'A code has eight letters, none of them a vowel.', {
      remedy: 'Type it as the terminal shows it.',
      errors: [{ field: 'userCode', message: 'A code has eight letters, none of them a vowel.' }],
    })
  const right = takeAttempt(setting, call)
  try {
    const done = await act(code)
    right()
    return done
  } catch (error) {
    // What is refused for another reason was no guess.
    if (!(error instanceof Problem) || error.code !== 'not_found') right()
    throw error
  }
}

/** Takes one of the attempts, before the code is looked at; what it returns gives it back. */
function takeAttempt(setting: Setting, { actor, ip }: Pick<Call, 'actor' | 'ip'>) {
  const { codesByMember } = setting.limits
  const byMember = codesByMember.take(actor.id)
  if (byMember > 0) throw tooMany(byMember)
  const address = addressKey(ip)
  const byAddress = setting.limits.codesByAddress.take(address)
  if (byAddress > 0) {
    codesByMember.giveBack(actor.id)
    throw tooMany(byAddress)
  }
  return (): void => {
    codesByMember.giveBack(actor.id)
    setting.limits.codesByAddress.giveBack(address)
  }
}

function tooMany(wait: number): Problem {
  const minutes = Math.ceil(wait / (60 * second))
  return new Problem('rate_limited', 'Too many wrong codes.', {
    remedy: `Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    retryAfter: Math.ceil(wait / second),
  })
}

/** The request that waits for this code. Her own decision may be told to the member: it was hers. */
function* waitingFor(
  code: string,
  call: Pick<Call, 'actor' | 'now'>,
  id?: string,
): Work<DeviceRow> {
  const device = yield* deviceByUserCode(code)
  if (!device || device.expires_at <= call.now || (id !== undefined && device.id !== id))
    throw noSuchCode()
  if (device.decision === null) return device
  if (device.member_id !== call.actor.id) throw noSuchCode()
  throw alreadyDecided(device)
}

const startAgain = 'Start the sign-in in the terminal again for a new code.'

const alreadyDecided = (device: DeviceRow) =>
  device.decision === 'withdrawn'
    ? new Problem('wrong_state', 'This sign-in was ended.', { remedy: startAgain })
    : new Problem('wrong_state', `You have ${device.decision} this sign-in already.`, {
        remedy:
          device.decision === 'approved'
            ? 'Go back to the terminal. To take it back, end it under your devices.'
            : startAgain,
      })

/** Behind a proxy that the configuration does not name, all addresses are the proxy's: a stranger's would pass for hers. */
function hasOwnAddress({ request, ip }: Pick<Call, 'request' | 'ip'>): boolean {
  const hops = request.headers.get('x-forwarded-for')?.split(',')
  return hops?.some((hop) => addressKey(hop.trim()) === addressKey(ip)) ?? true
}

const findRequest = (setting: Setting) =>
  route({
    ...own,
    id: 'device-requests.find',
    method: 'POST',
    path: '/api/v1/device-requests/find',
    summary: 'Who asks with a device code, before the member decides',
    description: 'After ten wrong codes within 15 minutes: 429.',
    body: schema.deviceCode,
    output: schema.deviceRequest,
    audit: null,
    handle: (call, { body }) =>
      withCode(setting, call, body.userCode, (code) =>
        call.read(function* () {
          const device = yield* waitingFor(code, call)
          const refusal = yield* refusalFor(call.actor.id, 'device', askingIn(setting, call))
          return {
            id: device.id,
            member: yield* deciderOf(call.actor.id),
            client: oauthClientOf(device.oauth_client)?.name ?? device.oauth_client,
            workspace: (yield* theWorkspace())?.name ?? '',
            ip: device.ip,
            sameAddress: hasOwnAddress(call) && addressKey(device.ip) === addressKey(call.ip),
            userAgent: device.user_agent,
            requestedAt: device.created_at,
            expiresAt: device.expires_at,
            policy: yield* setting.ports.policyOf(call.actor.id),
            refusal: refusal?.text ?? null,
          }
        }),
      ),
  })

const decide = (setting: Setting, decision: 'approved' | 'denied') => {
  const act = decision === 'approved' ? 'approve' : 'deny'
  return route({
    ...own,
    id: `device-requests.${act}`,
    method: 'POST',
    path: `/api/v1/device-requests/{id}/${act}`,
    summary:
      decision === 'approved'
        ? 'Let the client in that asks with this device code'
        : 'Refuse the client that asks with this device code',
    description:
      'With the code once more: whoever only knows the id of a request decides nothing. Once decided, it stays so.',
    params: schema.deviceId,
    body: schema.deviceDecision,
    output: null,
    audit: `device.${act}`,
    recent: decision === 'approved',
    handle: (call, { params, body }) => {
      refuseOther(call.actor, body.member)
      return withCode(setting, call, body.userCode, (code) =>
        call.write(function* (record) {
          const device = yield* waitingFor(code, call, params.id)
          if (decision === 'approved') yield* refuseUnentitled(setting, call)
          yield* decideOnce(device, decision, call)
          yield* record({
            target: { kind: 'device', id: device.id, label: call.actor.label },
            after: {
              client: device.oauth_client,
              address: device.ip,
              userAgent: device.user_agent,
              askedAt: device.created_at,
            },
          })
          if (decision === 'approved' && setting.ports.mailer)
            yield* enqueue({ name: mailDevice, payload: { deviceId: device.id } })
        }),
      )
    },
  })
}

function* refuseUnentitled(setting: Setting, call: Call): Work<void> {
  const refusal = yield* refusalFor(call.actor.id, 'device', askingIn(setting, call))
  if (refusal) throw new Problem(refusal.code, refusal.text)
}

function* decideOnce(
  device: DeviceRow,
  decision: 'approved' | 'denied',
  { actor, now }: Pick<Call, 'actor' | 'now'>,
): Work<void> {
  const made = yield* decideDevice(device.id, {
    decision,
    decided_at: now,
    member_id: actor.id,
    authenticated_at: actor.authenticatedAt ?? now,
  })
  if (!made) throw alreadyDecided((yield* deviceById(device.id)) ?? device)
}

export const pageRoutes = (setting: Setting) => [
  findRequest(setting),
  decide(setting, 'approved'),
  decide(setting, 'denied'),
]
