/** `gatehouse audit verify`: an export, judged without the server by what its caller trusts. */
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { createPool, valueOf } from '#kernel/pool.ts'
import { scan, type Piece } from '#features/audit/proof/scan.ts'
import {
  createVerifier,
  readTrust,
  type Trust,
  type Verdict,
} from '#features/audit/proof/verify.ts'
import { api, apiStream, ApiRefusal } from './api.ts'

export interface VerifyOptions {
  /** A file, or the key itself. */
  readonly key: string | undefined
  /** A file with a checkpoint in it, such as a mail. */
  readonly checkpoint: string | undefined
}

/** Reads a file, or the server's present export when there is none. */
export async function verifyExport(file: string | undefined, trust: Trust): Promise<Verdict> {
  const stream =
    file === undefined
      ? await apiStream('/api/v1/audit/export')
      : createReadStream(file, { highWaterMark: 1024 * 1024 })
  return verifyStream(stream as AsyncIterable<Buffer>, trust)
}

/**
 * Judged at once in a thread; the threads start when there is more than a few of it, since starting them takes as long as 20,000
 * records.
 */
const blockSize = 1024 * 1024
const blocksAlone = 8

/** Many lines at once in all cores; what joins them is judged here, in their order. Memory does not grow with the export. */
export async function verifyStream(chunks: AsyncIterable<Buffer>, trust: Trust): Promise<Verdict> {
  const verifier = createVerifier(trust)
  const stop = trust.checkpoint?.records ?? null
  const threads = availableParallelism()
  const pool = createPool({ size: threads })
  const underWay: Promise<readonly Piece[]>[] = []
  let blocks = 0
  const next = async (): Promise<void> => {
    for (const piece of (await underWay.shift()) ?? []) verifier.piece(piece)
  }
  try {
    for await (const bytes of blocksOf(chunks)) {
      const block = { bytes, stop }
      if (blocks++ < blocksAlone) underWay.push(Promise.resolve(scan(block)))
      else
        underWay.push(pool.run<typeof scan>(scanUrl, 'scan', block, handOver(bytes)).then(valueOf))
      while (underWay.length > 2 * threads) await next()
    }
    while (underWay.length > 0) await next()
  } finally {
    await pool.close()
  }
  return verifier.end()
}

const scanUrl = new URL('../features/audit/proof/scan.ts', import.meta.url)
const handOver = ({ buffer }: Uint8Array<ArrayBuffer>) => ({ transfer: [buffer] })

const lineFeed = 0x0a
/** The longest record that Gatehouse writes is far below; what never ends a line is not kept in memory. */
const longestLine = 64 * 1024 * 1024

/** Whole lines of about the same length together, in memory that nothing else uses. */
async function* blocksOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let block = new Uint8Array(2 * blockSize)
  let length = 0
  for await (const chunk of chunks) {
    if (length + chunk.length > longestLine)
      throw new ApiRefusal('This is no export of an audit trail: a line of it does not end.')
    if (length + chunk.length > block.length) {
      const longer = new Uint8Array(2 * (length + chunk.length))
      longer.set(block.subarray(0, length))
      block = longer
    }
    block.set(chunk, length)
    length += chunk.length
    const end = chunk.lastIndexOf(lineFeed)
    if (length < blockSize || end < 0) continue
    const whole = length - chunk.length + end + 1
    const rest = new Uint8Array(2 * blockSize + (length - whole))
    rest.set(block.subarray(whole, length))
    yield block.subarray(0, whole)
    block = rest
    length -= whole
  }
  if (length > 0) yield block.subarray(0, length)
}

/** What the caller trusts. A checkpoint brings its key with it; both together must agree. */
export function trustOf({ key, checkpoint }: VerifyOptions): Trust {
  const named = key === undefined ? undefined : read(key, 'key')
  const given = checkpoint === undefined ? undefined : read(checkpoint, 'checkpoint').checkpoint
  if (checkpoint !== undefined && !given)
    throw new ApiRefusal(`In ${checkpoint} there is no validly signed checkpoint.`)
  const trusted = named?.key ?? named?.checkpoint?.key
  if (given && trusted !== undefined && given.key !== trusted)
    throw new ApiRefusal('The checkpoint was not signed by the key that you trust.')
  if (given) return { checkpoint: given }
  return trusted === undefined ? {} : { key: trusted }
}

function read(given: string, what: string): Trust {
  const trust = readTrust(existsSync(given) ? readFileSync(given, 'utf8') : given)
  if (!trust) throw new ApiRefusal(`${given} is no ${what}, nor a file with one.`)
  return trust
}

interface PublicKey {
  readonly publicKey: string
}

/** The key that the server says is its own; to be compared with the one that is kept elsewhere. */
export const keyOfServer = async (): Promise<string> =>
  (await api<PublicKey>('GET', '/api/v1/audit/public-key')).publicKey
