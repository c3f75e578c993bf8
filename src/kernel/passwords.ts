import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { Problem } from './problem.ts'

/**
 * Argon2id (RFC 9106) with the parameters that OWASP's Password Storage Cheat Sheet names first for 19 MiB. Measured: 43 ms
 * a hash on one core; the work happens in libuv's pool, so the event loop goes on (8 at once: longest pause 7 ms).
 */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const
const tagLength = 32
const saltLength = 16

/** Hashes at once: libuv's pool has four threads, and one must stay free for files and names. */
const atOnce = 3
/** How many may wait. A longer queue would answer after the caller has given up. */
const atMostWaiting = 100

let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(act: () => Promise<T>): Promise<T> {
  if (running >= atOnce) {
    if (waiting.length >= atMostWaiting)
      throw new Problem('busy', 'Too many people are signing in at this moment.', {
        remedy: 'Try again in a few seconds.',
        retryAfter: 5,
      })
    // Whoever finishes hands its place on, so `running` stays as it is.
    await new Promise<void>((go) => waiting.push(go))
  } else running++
  try {
    return await act()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

interface Phc {
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
  readonly salt: Buffer
  readonly tag: Buffer
}

/** Unicode has several ways to write one letter; NFKC makes them one (NIST SP 800-63B, section 5.1.1.2). */
const message = (password: string): Buffer => Buffer.from(password.normalize('NFKC'))

function derive(password: string, phc: Omit<Phc, 'tag'>, length: number): Promise<Buffer> {
  const { memory, passes, parallelism, salt: nonce } = phc
  return inTurn(
    () =>
      new Promise((resolve, reject) => {
        argon2(
          'argon2id',
          { message: message(password), nonce, memory, passes, parallelism, tagLength: length },
          (error, tag) => (error ? reject(error) : resolve(tag)),
        )
      }),
  )
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('base64').replace(/=+$/, '')

/** The password as a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltLength)
  const tag = await derive(password, { ...cost, salt }, tagLength)
  const { memory: m, passes: t, parallelism: p } = cost
  return `$argon2id$v=19$m=${m},t=${t},p=${p}$${base64(salt)}$${base64(tag)}`
}

const shape =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/

function readPhc(text: string): Phc | undefined {
  const match = shape.exec(text)
  if (!match) return undefined
  const [, memory, passes, parallelism, salt = '', tag = ''] = match
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

/** Stands in for the password of somebody who has none. Its salt and tag are arbitrary. */
const nobody: Phc = { ...cost, salt: Buffer.alloc(saltLength, 7), tag: Buffer.alloc(tagLength, 7) }

export interface Verdict {
  readonly ok: boolean
  /** The password is right, but its hash was made with other parameters than today's: store a new one. */
  readonly outdated: boolean
}

/**
 * Compares in constant time. Without a stored hash it does the same work and says no, so that the answer's delay does not
 * tell which accounts exist.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<Verdict> {
  const phc = stored === null ? undefined : readPhc(stored)
  const against = phc ?? nobody
  const tag = await derive(password, against, against.tag.length)
  const ok = phc !== undefined && timingSafeEqual(tag, against.tag)
  const outdated =
    ok &&
    (phc.memory !== cost.memory ||
      phc.passes !== cost.passes ||
      phc.parallelism !== cost.parallelism)
  return { ok, outdated }
}

export const shortestPassword = 12
/** Longer ones would make hashing a way to keep the server busy. */
export const longestPassword = 512

/** Beginnings and whole words that lists of leaked passwords are full of, once case, digits and signs are taken off. */
const common = new Set(
  `password passwort passw wachtwoord motdepasse contrasena senha parola kennwort passphrase letmein welcome willkommen
  bienvenue iloveyou sunshine princess football baseball basketball monkey dragon superman batman starwars trustno
  qwerty qwertz azerty qwertyuiop qwertzuiop azertyuiop asdfghjkl asdfghjkloe zxcvbnm yxcvbnm qwertyuiopasdfghjkl
  qwertyuiopasdfghjklzxcvbnm qazwsxedc qazwsxedcrfv qweasdzxc asdfasdf qwerqwer abcdefgh abcdefghi abcdefghij
  abcdefghijkl abcdefghijklmnopqrstuvwxyz abcabcabc abcdabcd admin administrator adminadmin root rootroot toor user
  username login guest test testtest testing testpassword default changeme changemenow changeit secret topsecret
  mysecret mypassword newpassword yourpassword thepassword passwordpassword supersecret supersecretpassword company
  master hello helloworld computer internet summer winter spring autumn january february march april june july august
  september october november december monday tuesday wednesday thursday friday saturday sunday love money shadow
  michael jennifer jordan charlie access flower whatever freedom mustang hunter killer pokemon liverpool chelsea
  correcthorsebatterystaple`.split(/\s+/),
)

/** Letters and signs that are usually written for others, undone. */
const instead: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

const letters = (text: string): string => text.replaceAll(/[^\p{L}]/gu, '')

function isCommon(lower: string): boolean {
  // Decoration at the ends goes first: `p@ssw0rd!2024` is `p@ssw0rd`.
  const undone = lower
    .replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
    .replaceAll(/[013457@$!]/g, (sign) => instead[sign] ?? sign)
  return common.has(letters(lower)) || common.has(letters(undone))
}

/** `aaaa…`, `abcabc…` (one piece of up to four characters, repeated) and runs such as `123456789012`. */
function isPattern(lower: string): boolean {
  for (let size = 1; size <= 4; size++)
    if (
      lower ===
      lower
        .slice(0, size)
        .repeat(Math.ceil(lower.length / size))
        .slice(0, lower.length)
    )
      return true
  const steps = new Set<number>()
  for (let at = 1; at < lower.length; at++)
    // 9 → 0 counts as the next one.
    steps.add((lower.charCodeAt(at) - lower.charCodeAt(at - 1) + 10) % 10)
  return steps.size === 1 && /^\d+$/.test(lower)
}

/**
 * What is wrong with a new password, as a sentence; undefined when it will do. Length is what counts; signs and digits are
 * not demanded (NIST SP 800-63B, section 5.1.1.2).
 */
export function passwordComplaint(password: string, email: string): string | undefined {
  const { length } = Array.from(password)
  if (length < shortestPassword)
    return `Use at least ${shortestPassword} characters; this has ${length}. A few words that do not belong together do well.`
  if (length > longestPassword) return `Use at most ${longestPassword} characters.`
  const lower = password.normalize('NFKC').toLowerCase().trim()
  const address = email.trim().toLowerCase()
  const [name = '', host = ''] = address.split('@')
  // What is left when the address is taken out must be a password of its own.
  const rest = lower.replaceAll(address, '').replaceAll(host, '')
  const own = name.length >= 4 ? rest.replaceAll(name, '') : rest
  if (own.length < shortestPassword && own !== lower)
    return 'The password is made of the e-mail address. Choose one that cannot be guessed from it.'
  if (isCommon(lower) || isPattern(lower))
    return 'This password is one of those that are tried first. Choose a less usual one.'
  return undefined
}
