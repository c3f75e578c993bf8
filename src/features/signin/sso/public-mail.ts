import { Problem } from '#kernel/problem.ts'

/** Where anybody gets an address: a provider that spoke for one of these would speak for strangers. The large ones. */
const publicMail = new Set([
  'aol.com',
  'fastmail.com',
  'gmail.com',
  'gmx.com',
  'gmx.de',
  'gmx.net',
  'googlemail.com',
  'hotmail.com',
  'icloud.com',
  'live.com',
  'mail.com',
  'mail.ru',
  'me.com',
  'msn.com',
  'outlook.com',
  'pm.me',
  'proton.me',
  'protonmail.com',
  'qq.com',
  'web.de',
  'yahoo.com',
  'yandex.com',
  'yandex.ru',
  'zoho.com',
  '163.com',
])

export function refusePublicMail(domains: readonly string[]): void {
  const found = domains.find((domain) => publicMail.has(domain))
  if (found === undefined) return
  throw new Problem('invalid_input', `Anybody can have an address at ${found}.`, {
    remedy: 'Name domains whose addresses only your organisation gives out.',
    errors: [{ field: 'domains', message: `${found} belongs to no organisation alone.` }],
  })
}
