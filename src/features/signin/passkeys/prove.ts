import { memberById, memberTarget } from '#features/access/index.ts'
import { gatehouse } from '#kernel/audit.ts'
import { Problem } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import { hashSecret } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import type { z } from 'zod'
import { auditAs } from '../firstrun.ts'
import type { passkeyProof } from '../second-factor/schema.ts'
import { tell } from '../second-factor/tell.ts'
import type { Setting } from '../setting.ts'
import type { PasskeyRow } from '../tables.ts'
import type { Bound } from './challenges.ts'
import { challengeIn, isCloned, readProof, type Party, type Proof } from './party.ts'
import { passkeyByCredential, setPasskeyCloned, setPasskeyUsed, takeChallenge } from './store.ts'

/**
 * Stands in for the key of an unknown passkey, so that the delay of the answer does not tell which exist; what it proves is
 * refused all the same. COSE (RFC 9053, section 7.1.1); the point is the generator of P-256.
 */
const anyKey =
  'pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWIlggT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU'

export const passkeysDoNotWork = (): Problem =>
  new Problem('wrong_state', 'Passkeys do not work at the address of this Gatehouse.', {
    remedy:
      'They need a host name and https: GATEHOUSE_PUBLIC_URL says at which address people open it.',
  })

export function partyIn({ party }: Setting): Party {
  if (!party) throw passkeysDoNotWork()
  return party
}

/** The same words whatever was wrong: a passkey that is not known, a challenge that was used, a signature. */
export const wrongPasskey = (): Problem =>
  new Problem('wrong_credentials', 'This passkey did not prove who you are.', {
    remedy: 'Try again, or use another way.',
  })

/**
 * Whose passkey has answered the challenge. The challenge is taken whatever comes of it. `memberId`: only one of hers will do;
 * without it the answer has to name the account itself (WebAuthn, section 7.2, step 6). A counter that does not rise closes the
 * passkey for good, which is recorded and told to her.
 */
export async function provePasskey(
  setting: Setting,
  call: Call,
  response: z.output<typeof passkeyProof>,
  bound: Bound,
  memberId?: string,
): Promise<string> {
  const party = partyIn(setting)
  const { db } = setting.runtime
  const challenge = challengeIn(response.response.clientDataJSON)
  const { taken, passkey } = await db.tx(function* () {
    const taken = yield* takeChallenge({ hash: hashSecret(challenge), ...bound }, call.now)
    return { taken, passkey: yield* passkeyByCredential(response.id) }
  })
  const proof = await readProof(party, response, challenge, passkey?.public_key ?? anyKey)
  const owner = memberId ?? handleIn(response)
  if (!taken || 'refused' in proof || passkey?.member_id !== owner) {
    const why = 'refused' in proof ? proof.refused : taken ? 'not hers' : 'no such challenge'
    call.log.info({ ip: call.ip, why }, 'a passkey was refused')
    throw wrongPasskey()
  }
  const outcome = await db.tx(() => use(setting, passkey.id, response.id, proof, call.now))
  if (outcome === 'closed')
    throw new Problem('wrong_credentials', 'This passkey opens nothing: a copy of it was used.', {
      remedy: 'Sign in another way, remove it on your account page, and add a new one.',
    })
  return owner
}

function* use(
  setting: Setting,
  id: string,
  credentialId: string,
  proof: Proof,
  now: number,
): Work<'used' | 'closed'> {
  // Read again: another answer of the same passkey may have come first.
  const passkey = yield* passkeyByCredential(credentialId)
  if (passkey?.id !== id) throw wrongPasskey()
  if (passkey.cloned_at !== null) return 'closed'
  if (!isCloned(passkey.sign_count, proof.signCount)) {
    yield* setPasskeyUsed(id, proof.signCount, now)
    return 'used'
  }
  yield* close(setting, passkey, proof, now)
  return 'closed'
}

function* close(setting: Setting, passkey: PasskeyRow, proof: Proof, now: number): Work<void> {
  const { runtime, ports } = setting
  yield* setPasskeyCloned(passkey.id, now)
  const member = yield* memberById(passkey.member_id)
  if (!member) return
  yield* auditAs(runtime, gatehouse, 'passkey.clone', {
    target: memberTarget(member),
    before: { passkey: passkey.name, counter: passkey.sign_count },
    after: { counter: proof.signCount, opens: false },
  })
  if (ports.mailer)
    yield* tell({
      memberId: member.id,
      what: 'passkey-cloned',
      detail: `The passkey “${passkey.name}” was used with a counter that had run before, so a second device holds it. It opens nothing any more.`,
      at: now,
    })
}

/** The account that the passkey itself names. */
const handleIn = (response: z.output<typeof passkeyProof>): string =>
  Buffer.from(response.response.userHandle ?? '', 'base64url').toString()
