import type { ProblemCode } from '#kernel/problem.ts'
import { domainOf, type Told } from './claims.ts'

/** What a decision knows of a member. */
export interface Known {
  readonly id: string
  readonly email: string
  readonly status: 'invited' | 'active' | 'suspended' | 'archived'
  /** An owner, or somebody who may say how everybody signs in: no provider opens such an account by itself. */
  readonly guarded: boolean
}

export interface Question {
  readonly provider: {
    readonly name: string
    readonly domains: readonly string[]
    readonly justInTime: boolean
  }
  readonly told: Pick<Told, 'subject' | 'email' | 'emailVerified'>
  /** Who is linked to this issuer and subject. */
  readonly linked: Known | undefined
  /** Whose address it is, whatever the case of its letters. */
  readonly byEmail: (Known & { readonly linkedElsewhere: boolean }) | undefined
}

export type Decision =
  | { readonly kind: 'sign_in'; readonly memberId: string }
  /** The account is hers: from now on the subject opens it. */
  | { readonly kind: 'link'; readonly memberId: string; readonly activate: boolean }
  | { readonly kind: 'create'; readonly email: string }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }

export interface Refusal {
  readonly problem: Extract<ProblemCode, 'single_sign_on_failed' | 'forbidden'>
  /** Stable, for whoever reads logs. */
  readonly code: string
  readonly message: string
  readonly remedy: string
}

/**
 * Which account a round trip opens. Issuer and subject say who somebody is; an address only where the provider has verified it and
 * an owner stated that the provider speaks for its domain, and never for an owner's account.
 */
export function decide({ provider, told, linked, byEmail }: Question): Decision {
  if (told.subject === '')
    return refuse(
      'no_subject',
      `${provider.name} did not say who you are.`,
      'Ask its administrator.',
    )
  if (linked) return opened(linked, { kind: 'sign_in', memberId: linked.id })
  const domain = told.email === null ? undefined : domainOf(told.email)
  const linkIt =
    'If you have an account here, sign in another way and link it on your account page.'
  if (told.email === null)
    return refuse('no_email', `${provider.name} did not tell your e-mail address.`, `${linkIt} Otherwise ask its administrator to send the claim “email”.`) // prettier-ignore
  if (domain === undefined)
    return refuse('unusual_email', `${told.email} is not an address that can be trusted to be yours alone.`, linkIt) // prettier-ignore
  if (!told.emailVerified)
    return refuse('unverified_email', `${provider.name} does not say that ${told.email} was verified.`, `${linkIt} Otherwise ask its administrator to verify addresses and to send “email_verified”.`) // prettier-ignore
  if (!provider.domains.includes(domain))
    return refuse('foreign_domain', `${provider.name} does not speak for ${domain} here.`, `${linkIt} Otherwise ask an owner of the workspace.`) // prettier-ignore
  if (byEmail === undefined)
    return provider.justInTime
      ? { kind: 'create', email: told.email }
      : refuse('no_account', `${told.email} is no member of this workspace.`, 'Ask an admin to invite you.') // prettier-ignore
  if (byEmail.linkedElsewhere)
    return refuse('other_person', `${told.email} belongs to an account that somebody else at ${provider.name} signs in to.`, 'If the address was given to you only now, ask an admin to end the former sign-in on the member’s page.') // prettier-ignore
  if (byEmail.guarded)
    return refuse('guarded', `The account ${byEmail.email} decides how everybody signs in, so no provider opens it by itself.`, 'Sign in another way and link it on your account page.') // prettier-ignore
  return opened(byEmail, {
    kind: 'link',
    memberId: byEmail.id,
    activate: byEmail.status === 'invited',
  })
}

/** Suspended and archived members stay out, whatever the provider says; whoever was invited and is linked has come. */
function opened(member: Known, decision: Decision): Decision {
  if (member.status === 'active' || (member.status === 'invited' && decision.kind === 'link'))
    return decision
  return {
    kind: 'refuse',
    refusal: {
      problem: 'forbidden',
      code: `member_${member.status}`,
      message: `Your account is ${member.status}.`,
      remedy: 'Ask an owner of the workspace.',
    },
  }
}

const refuse = (code: string, message: string, remedy: string): Decision => ({
  kind: 'refuse',
  refusal: { problem: 'single_sign_on_failed', code, message, remedy },
})
