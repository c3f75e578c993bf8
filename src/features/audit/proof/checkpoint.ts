/** A signed head of the chain, as a few lines of text that survive a mail and a ticket. */
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto'

/** How many records there were, and the link of the last of them. */
export interface Checkpoint {
  readonly workspace: string
  readonly records: number
  readonly link: string
  /** ms */
  readonly at: number
}

export interface SignedCheckpoint extends Checkpoint {
  /** The public key that signed it: 32 bytes in base64. Says who claims to have signed, not who may. */
  readonly key: string
  readonly text: string
}

const title = 'gatehouse-audit-checkpoint-1'
const shape =
  /^gatehouse-audit-checkpoint-1\nworkspace (\S{1,100})\nrecords (\d{1,15})\nlink ([0-9a-f]{64})\ntime (\S{1,30})\nkey ([A-Za-z0-9+/]{43}=)\nsignature ([A-Za-z0-9+/]{86}==)\n$/

/** Everything above the signature is signed (Ed25519, RFC 8032). */
export function signCheckpoint(of: Checkpoint, privateKey: KeyObject): SignedCheckpoint {
  const key = publicKeyText(privateKey)
  const body = [
    title,
    `workspace ${of.workspace}`,
    `records ${of.records}`,
    `link ${of.link}`,
    `time ${new Date(of.at).toISOString()}`,
    `key ${key}`,
    '',
  ].join('\n')
  const signature = sign(null, Buffer.from(body), privateKey).toString('base64')
  return { ...of, key, text: `${body}signature ${signature}\n` }
}

/** Reads one; undefined: it has not the form, or its signature is not of the key that it names. */
export function readCheckpoint(text: string): SignedCheckpoint | undefined {
  const match = shape.exec(text)
  if (!match) return undefined
  const [, workspace = '', records = '', link = '', time = '', key = '', signature = ''] = match
  const at = Date.parse(time)
  const body = text.slice(0, text.indexOf('signature '))
  if (Number.isNaN(at) || !isSigned(body, signature, key)) return undefined
  return { workspace, records: Number(records), link, at, key, text }
}

/** The first checkpoint in a text around it: a mail, a ticket, a file of several, the JSON that a webhook brought. */
export const findCheckpoint = (text: string): SignedCheckpoint | undefined =>
  firstIn(text) ?? firstIn(text.replaceAll('\\n', '\n').replaceAll('"', '\n'))

function firstIn(text: string): SignedCheckpoint | undefined {
  const lines = text.split(/\r?\n/)
  const from = lines.findIndex((line) => line.trim() === title)
  if (from < 0) return undefined
  const block = lines.slice(from, from + 7).map((line) => line.trim())
  return readCheckpoint(`${block.join('\n')}\n`)
}

function isSigned(body: string, signature: string, key: string): boolean {
  const bytes = Buffer.from(signature, 'base64')
  // The last letter of base64 has bits that mean nothing: a signature is written in one way only.
  if (bytes.toString('base64') !== signature) return false
  try {
    return verify(null, Buffer.from(body), publicKeyOf(key), bytes)
  } catch {
    return false
  }
}

/** The 12 bytes before the 32 of an Ed25519 key in its DER form (RFC 8410, section 4). */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** The public half of a private key: 32 bytes in base64. */
export const publicKeyText = (privateKey: KeyObject): string =>
  createPublicKey(privateKey)
    .export({ type: 'spki', format: 'der' })
    .subarray(derPrefix.length)
    .toString('base64')

const publicKeyOf = (text: string): KeyObject =>
  createPublicKey({
    key: Buffer.concat([derPrefix, Buffer.from(text, 'base64')]),
    format: 'der',
    type: 'spki',
  })
