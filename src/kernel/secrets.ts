import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { Problem } from './problem.ts'

/**
 * Secrets that must be read back (a password for the mail server, a signing key). What the database holds is useless
 * without the key, and the key never stands in the database: it is a file beside it or comes from the environment.
 */
export interface Secrets {
  /**
   * `context` says what the secret is and whose, e.g. `mail.password` or `source:src_1`: a ciphertext that somebody moved to
   * another row or another purpose does not open there.
   */
  seal(plaintext: string, context: string): string
  /** Throws a Problem when the key is missing or the text was changed; the message never holds the secret. */
  open(sealed: string, context: string): string
  /** Whether it was sealed with another key than the present one: seal it again when convenient. */
  outdated(sealed: string): boolean
  /**
   * Keys of 32 bytes for one purpose (HKDF-SHA256, RFC 5869), the same in every process with this key file: the present one
   * first, then one of each older key, for what was made before a key was put in front.
   */
  derive(purpose: string): readonly Buffer[]
  /** The id of the key that seals now; safe to print. */
  readonly keyId: string
}

const keyLength = 32
const nonceLength = 12
const tagLength = 16

/** `gs1.<key id>.<nonce, ciphertext and tag>`: the version first, so that another cipher can follow. */
const shape = /^gs1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/

/** Names a key without telling it. */
const idOf = (key: Uint8Array): string =>
  createHash('sha256').update('gatehouse key id').update(key).digest('hex').slice(0, 8)

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; safe for 2^32 secrets by one key (section 8.3). The first key
 * seals; the others only open, so a key is replaced by putting a new one in front of it.
 */
export function createSecrets(keys: readonly Uint8Array[]): Secrets {
  const [present] = keys
  if (present === undefined) throw new Error('A key is needed.')
  for (const key of keys)
    if (key.length !== keyLength)
      throw new Error(`A key has ${keyLength} bytes, not ${key.length}.`)
  const byId = new Map(keys.map((key) => [idOf(key), key]))
  const keyId = idOf(present)
  const bound = (id: string, context: string): Buffer => Buffer.from(`gs1.${id}.${context}`)

  return {
    keyId,
    seal(plaintext, context) {
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv('aes-256-gcm', present, nonce, { authTagLength: tagLength })
      cipher.setAAD(bound(keyId, context))
      const body = [nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return `gs1.${keyId}.${Buffer.concat(body).toString('base64url')}`
    },
    open(sealed, context) {
      const match = shape.exec(sealed)
      if (!match) throw unreadable('it does not have the form of a sealed secret')
      const [, id = '', text = ''] = match
      const key = byId.get(id)
      if (!key) throw unreadable(`it was sealed with the key ${id}, which is not here`)
      const bytes = Buffer.from(text, 'base64url')
      if (bytes.length < nonceLength + tagLength) throw unreadable('it is cut off')
      const nonce = bytes.subarray(0, nonceLength)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength })
      decipher.setAAD(bound(id, context))
      decipher.setAuthTag(bytes.subarray(-tagLength))
      try {
        return (
          decipher.update(bytes.subarray(nonceLength, -tagLength), undefined, 'utf8') +
          decipher.final('utf8')
        )
      } catch (error) {
        throw unreadable('it was changed, or belongs to something else', error)
      }
    },
    outdated: (sealed) => shape.exec(sealed)?.[1] !== keyId,
    derive: (purpose) =>
      keys.map((key) =>
        Buffer.from(hkdfSync('sha256', key, '', `gatehouse ${purpose}`, keyLength)),
      ),
  }
}

function unreadable(why: string, cause?: unknown): Problem {
  return new Problem('internal', `A stored secret cannot be read: ${why}.`, {
    remedy: 'Start Gatehouse with the key file it was sealed with, or enter the secret again.',
    cause,
  })
}

/** Keys as text: base64 of 32 bytes each, the present one first; separated by white space or commas. */
export function parseKeys(text: string, where: string): readonly Uint8Array[] {
  const keys = text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => Buffer.from(word, 'base64'))
  if (keys.length === 0 || keys.some((key) => key.length !== keyLength))
    throw new Error(
      `${where} must hold ${keyLength} random bytes in base64 (44 characters), e.g. from \`openssl rand -base64 32\`.`,
    )
  return keys
}

/**
 * Reads the key file, or makes it (0600, in a folder that exists) when there is none. A file that others may read is
 * refused. Two processes starting at once end with the same key: only one of them gets the name.
 */
export function keysFromFile(path: string): {
  readonly keys: readonly Uint8Array[]
  readonly made: boolean
} {
  const made = createOnce(path)
  const mode = statSync(path).mode & 0o077
  if (mode !== 0 && process.platform !== 'win32')
    throw new Error(`The key file ${path} can be read by others. Run: chmod 600 ${path}`)
  return { keys: parseKeys(readFileSync(path, 'utf8'), `The key file ${path}`), made }
}

/** The file appears with its whole content or not at all: written beside, then linked, which fails where one exists. */
function createOnce(path: string): boolean {
  if (existsSync(path)) return false
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, `${randomBytes(keyLength).toString('base64')}\n`)
    fsyncSync(file)
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    closeSync(file)
    unlinkSync(draft)
  }
}
