import type { DomainDecision, ServerDecision, Verdict } from '#requirements/index.ts'
import type { Meaning } from '#web/kit/index.ts'

type Word = readonly [meaning: Meaning, word: string]

export const VERDICTS: Readonly<Record<Verdict, Word>> = {
  allow: ['allowed', 'not restricted'],
  prompt: ['prompt', 'asks first'],
  forbidden: ['forbidden', 'forbidden'],
  unsure: ['neutral', 'not simulated'],
}

export const HOSTS: Readonly<Record<DomainDecision['outcome'], Word>> = {
  allowed: ['allowed', 'allowed'],
  denied: ['forbidden', 'denied'],
  unlisted: ['forbidden', 'not on the list'],
  local: ['forbidden', 'local address'],
  unlimited: ['neutral', 'no limits'],
}

export const SERVERS: Readonly<Record<ServerDecision['outcome'], Word>> = {
  allowed: ['allowed', 'runs'],
  disabled: ['forbidden', 'disabled'],
  unlimited: ['neutral', 'no limits'],
  unsure: ['neutral', 'not simulated'],
}

/** What holds for a host beyond the rule that decided. */
export function aboutHost({ outcome, final, unsure }: DomainDecision): string | undefined {
  if (unsure !== undefined) return `No session opens: the policy has ${unsure}.`
  switch (outcome) {
    case 'allowed':
      return 'It stays closed all the same if its name leads to a private address.'
    case 'unlisted':
      return final
        ? 'Nobody can open it: only this policy counts.'
        : 'A person may be asked, or may have allowed it in their own settings.'
    case 'local':
      return 'This machine and private networks are closed unless the policy allows the exact name or address.'
    case 'unlimited':
      return 'The policy does not switch network limits on (enabled = true).'
    case 'denied':
      return undefined
  }
}

/** An argument vector as one would type it. */
export const typed = (argv: readonly string[]): string =>
  argv
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ')
